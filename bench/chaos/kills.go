package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// killDaemon kills it again and again: while it serves, while it starts, while
// it adopts.
func (s *suite) killDaemon(ctx context.Context) (int, error) {
	for i := range s.kills {
		pid := s.daemon()
		kill(pid)
		if err := s.nextDaemon(pid); err != nil {
			return i, err
		}
		s.moment(ctx, 300*time.Millisecond)
	}
	return s.kills, nil
}

// killMidDeploy kills it at any step of a deployment of slot b.
func (s *suite) killMidDeploy(ctx context.Context) (int, error) {
	n := 2 * s.some()
	for i := range n {
		if _, err := s.slot("deploy", "b", s.appFolder(), "--detach"); err != nil {
			return i, err
		}
		s.ended++
		s.moment(ctx, time.Second)
		pid := s.daemon()
		kill(pid)
		if err := s.nextDaemon(pid); err != nil {
			return i, err
		}
		// A deployment that was cut short is recorded before the next begins.
		if err := until("an end of the deployment", s.nothingUnderWay); err != nil {
			return i, err
		}
	}
	return n, nil
}

func (s *suite) nothingUnderWay() bool {
	out, err := s.slot("history", "b", "--status", "running,queued", "--json")
	return err == nil && len(out) < 5 // "[]" and a line end
}

// rotateAt is when the app's log is rotated: docs/configuration.md.
const rotateAt = 10 << 20

// killMidRotation floods the log, and kills the daemon when a file is full.
func (s *suite) killMidRotation(ctx context.Context) (int, error) {
	path := filepath.Join(s.home(), "slots", "a", "logs", "app.log")
	n := min(s.some(), 4) // more would rotate away what was not looked at
	for i := range n {
		flood := make(chan error, 1)
		go func() { flood <- s.flood(rotateAt / 125) }()
		var last int64
		err := until("a rotation", func() bool {
			fi, err := os.Stat(path)
			if err != nil {
				return false
			}
			full := fi.Size() > rotateAt-rotateAt/20 || fi.Size() < last
			last = fi.Size()
			return full
		})
		if err != nil {
			return i, err
		}
		s.moment(ctx, 20*time.Millisecond)
		pid := s.daemon()
		kill(pid)
		if err := s.nextDaemon(pid); err != nil {
			return i, err
		}
		if err := <-flood; err != nil {
			return i, err
		}
	}
	return n, nil
}

// flood goes to the app itself: a request through the daemon would end with it.
func (s *suite) flood(lines int) error {
	res, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/flood?n=%d", s.app.Private, lines))
	if err != nil {
		return err
	}
	return res.Body.Close()
}

func (s *suite) killKeeper(ctx context.Context) (int, error) {
	for i := range s.some() {
		s.moment(ctx, 200*time.Millisecond)
		kill(s.keeper())
		err := until("the loss to be noticed", func() bool {
			st, err := s.status("a")
			return err == nil && st.Lost
		})
		if err != nil {
			return i, err
		}
		if _, err := s.slot("up"); err != nil {
			return i, err
		}
		if st, err := s.status("a"); err != nil || st.Lost {
			return i, fmt.Errorf("slot up does not heal it: %v", err)
		}
	}
	return s.some(), s.endOfAdopted(ctx)
}

// endOfAdopted kills the daemon that the new keeper is not the parent of.
func (s *suite) endOfAdopted(ctx context.Context) error {
	pid := s.daemon()
	if _, err := s.slot("reload"); err != nil { // gracefully first
		return err
	}
	kill(s.keeper())
	if err := until("the loss to be noticed", func() bool { st, err := s.status("a"); return err == nil && st.Lost }); err != nil {
		return err
	}
	if _, err := s.slot("up"); err != nil {
		return err
	}
	if s.daemon() == pid {
		return errors.New("the daemon was not replaced")
	}
	s.moment(ctx, 100*time.Millisecond)
	return nil
}

func (s *suite) killBoth(ctx context.Context) (int, error) {
	for i := range s.some() {
		s.moment(ctx, 200*time.Millisecond)
		s.load.allow(true)
		kill(s.keeper())
		kill(s.daemon())
		s.moment(ctx, 200*time.Millisecond)
		if _, err := s.slot("up"); err != nil {
			return i, err
		}
		s.load.allow(false)
	}
	return s.some(), nil
}

// killApp is last: it has to be noticed at once after all that was before.
func (s *suite) killApp(context.Context) (int, error) {
	old := s.app.PID
	at := time.Now()
	kill(old)
	err := until("the app to be another process", func() bool {
		text, err := get(s.url("a"))
		return err == nil && text != fmt.Sprintf("pid %d", old)
	})
	took := time.Since(at)
	if err == nil && took > time.Second {
		err = fmt.Errorf("it took %v until the app answered again", took)
	}
	if err == nil {
		s.app, err = s.status("a")
		s.seen = 0 // a new process numbers its lines anew
	}
	return 1, err
}
