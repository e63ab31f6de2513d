package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"
)

// fault is one thing that is done to slot, many times.
type fault struct {
	name string
	do   func(context.Context) (times int, err error)
	// quiet faults may not break a single request.
	quiet bool
}

// suite runs the faults one after another under one load.
type suite struct {
	*rig
	kills    int
	rand     *rand.Rand
	load     *load
	app      status // slot a at the beginning
	seen     int    // lines that were there at the last look
	forgiven int    // lines that are lost, and were reported
	ended    int    // deployments that must be in the history
	rows     []row
	begin    time.Time
	seed     uint64
	skipped  []string
	clock    bool // the machine's clock may be moved
}

// row is what a fault did.
type row struct {
	fault   string
	times   int
	took    time.Duration
	t       tally
	lines   int
	wrongs  []string // what must not be
	details []string
}

func newSuite(r *rig, kills int, seed uint64) (*suite, error) {
	s := &suite{rig: r, kills: kills, rand: rand.New(rand.NewPCG(seed, 0)), load: &load{}, seed: seed, begin: time.Now(), ended: 2}
	var err error
	s.app, err = r.status("a")
	return s, err
}

func (s *suite) faults() []fault {
	return []fault{
		{"kill -9 of the daemon, at random moments", s.killDaemon, false},
		{"kill -9 of the daemon, in mid deployment", s.killMidDeploy, false},
		{"kill -9 of the daemon, in mid rotation, flooded with lines", s.killMidRotation, false},
		{"kill -9 of the keeper, slot up", s.killKeeper, true},
		{"kill -9 of keeper and daemon, slot up", s.killBoth, false},
		{"slot reload", s.reload, true},
		{"slot upgrade", s.upgrade, true},
		{"no descriptors left in the daemon", s.exhaustDescriptors, false},
		{"slots.json torn, daemon killed", s.tearConfig, false},
		{"the disk is full", s.fillDisk, false},
		{"the clock jumps, forwards and backwards", s.jumpClock, true},
	}
}

// run does them all, and says on progress what it is at.
func (s *suite) run(ctx context.Context, only string, progress io.Writer) {
	visitors, stop := context.WithCancel(ctx)
	s.load.start(visitors, s.url("a"), s.url("b"))
	for _, f := range s.faults() {
		if ctx.Err() != nil {
			break
		}
		if !strings.Contains(f.name, only) {
			continue
		}
		at := time.Now()
		fmt.Fprintf(progress, "chaos: %s ...", f.name)
		r := s.one(ctx, f)
		s.rows = append(s.rows, r)
		fmt.Fprintf(progress, " %d times in %v, %d wrong\n", r.times, time.Since(at).Round(time.Second), len(r.wrongs))
	}
	s.rows = append(s.rows, s.one(ctx, fault{"kill -9 of the app itself, adopted many times", s.killApp, false}))
	stop()
	s.load.wg.Wait()
}

// one does a fault and looks at what became of everything.
func (s *suite) one(ctx context.Context, f fault) row {
	before, at := s.load.now(), time.Now()
	r := row{fault: f.name}
	wrong := func(text string, args ...any) { r.wrongs = append(r.wrongs, fmt.Sprintf(text, args...)) }
	var err error
	if r.times, err = f.do(ctx); err != nil {
		wrong("%v", err)
	}
	s.settle(wrong)
	after := s.load.now()
	r.took, r.t = time.Since(at), after.minus(before)
	r.t.slowest = after.slowest
	if r.t.refused > 0 {
		wrong("%d new connections were refused", r.t.refused)
	}
	if f.quiet && r.t.broken+r.t.wrong > 0 {
		wrong("%d requests failed", r.t.broken+r.t.wrong)
	}
	if len(r.wrongs) > 0 || r.t.wrong > 0 {
		r.details = after.examples
	}
	r.lines = s.lines(wrong)
	s.whole(wrong)
	return r
}

// settle waits until both slots serve.
func (s *suite) settle(wrong func(string, ...any)) {
	err := until("both slots to serve", func() bool {
		for _, name := range []string{"a", "b"} {
			if st, err := s.status(name); err != nil || st.State != "live" {
				return false
			}
			if _, err := get(s.url(name)); err != nil {
				return false
			}
		}
		return true
	})
	if err != nil {
		wrong("%v", err)
		return
	}
	st, err := s.status("a")
	switch {
	case err != nil:
		wrong("%v", err)
	case st.PID != s.app.PID:
		wrong("the app of slot a is process %d and was %d: it went down", st.PID, s.app.PID)
		s.app = st
	case st.Restarts != s.app.Restarts:
		wrong("the app of slot a was restarted")
		s.app = st
	}
}

// lines accounts for every line that the app of slot a wrote.
func (s *suite) lines(wrong func(string, ...any)) int {
	text, err := get(s.url("a") + "/count")
	var count int
	if err == nil {
		_, err = fmt.Sscan(text, &count)
	}
	if err != nil {
		wrong("cannot ask the app for its lines: %v", err)
		return 0
	}
	var a account
	err = until("the app's lines", func() bool {
		a, err = s.readLog("a")
		return err == nil && a.next >= count
	})
	if err != nil {
		wrong("line %d of %d is the last: %v", a.next, count, err)
	}
	if a.first > s.seen {
		wrong("lines %d to %d were rotated away before they could be looked at", s.seen, a.first)
	}
	if a.gaps > a.told+s.forgiven {
		wrong("%d lines are lost, %d of them told of: %s", a.gaps, a.told, strings.Join(a.examples, "; "))
		s.forgiven = a.gaps - a.told // said once
	}
	if a.doubled > 0 {
		wrong("%d lines are doubled: %s", a.doubled, strings.Join(a.examples, "; "))
	}
	if a.torn > 0 {
		wrong("%d lines are torn: %s", a.torn, strings.Join(a.examples, "; "))
	}
	n := a.next - s.seen
	s.seen = a.next
	return n
}

// whole looks at configuration and history.
func (s *suite) whole(wrong func(string, ...any)) {
	if _, err := s.slot("config", "validate"); err != nil {
		wrong("%v", err)
	}
	out, err := s.slot("history", "--limit", "0", "--json")
	var all []struct {
		State string `json:"state"`
	}
	if err == nil {
		err = json.Unmarshal([]byte(out), &all)
	}
	if err != nil {
		wrong("%v", err)
		return
	}
	if len(all) < s.ended {
		wrong("the history has %d deployments of %d", len(all), s.ended)
	}
	for _, d := range all {
		if d.State == "running" || d.State == "queued" {
			wrong("a deployment is %s for ever", d.State)
		}
	}
}

func (s *suite) failed() bool {
	for _, r := range s.rows {
		if len(r.wrongs) > 0 {
			return true
		}
	}
	return len(s.rows) == 0
}

// some is how often the slower faults come.
func (s *suite) some() int { return max(s.kills/10, 2) }

// moment waits for a random time below d.
func (s *suite) moment(ctx context.Context, d time.Duration) {
	rest(ctx, time.Duration(s.rand.Int64N(int64(d))))
}

func (s *suite) appFolder() string { return filepath.Join(s.dir, "app") }
