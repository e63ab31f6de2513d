package database

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// web is pgAdmin as it runs; guarded by the Server's mu.
type web struct {
	service Service // nil while none runs
	failure error   // why none runs
}

// Times of pgAdmin: it imports some two hundred modules before it answers, and
// makes its own database at the first start.
const (
	webLimit = 5 * time.Minute
	webGrace = 10 * time.Second
)

func (s *Server) webDir() string { return filepath.Join(s.Data, "pgadmin") }

func (s *Server) webURL() string { return "http://127.0.0.1:" + strconv.Itoa(s.WebPort) }

// EnablePgAdmin installs pgAdmin where it is not, and starts it, now and with
// slot. On an error, or when ctx ends, nothing runs.
func (s *Server) EnablePgAdmin(ctx context.Context, say slot.Progress) error {
	release, err := s.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.WaitReady(ctx); err != nil {
		return err
	}
	for _, src := range slot.DatabaseSources() { // so that each has a server from the start
		if err := s.provision(ctx, src); err != nil {
			return err
		}
	}
	if err := s.stopPgAdmin(ctx); err != nil {
		return err
	}
	if err := webPortFree(s.WebPort); err != nil {
		return err
	}
	python, err := s.install(ctx, say)
	if err != nil {
		return err
	}
	say(fmt.Sprintf("starting pgAdmin on port %d", s.WebPort))
	if err := s.startPgAdmin(ctx, python); err != nil {
		return err
	}
	s.mu.Lock()
	svc := s.web.service
	s.mu.Unlock()
	if err := s.awaitPgAdmin(ctx, svc); err != nil {
		if stopErr := s.stopPgAdmin(context.WithoutCancel(ctx)); stopErr != nil {
			s.Log.Error("cannot stop pgAdmin", slot.KeyError, stopErr)
		}
		return err
	}
	svc.Ready()
	return s.update(func(st *state) { st.WebOn = true })
}

// startPgAdmin starts it and does not wait.
func (s *Server) startPgAdmin(ctx context.Context, python string) error {
	spec, err := s.webSpec(python)
	if err != nil {
		return err
	}
	svc, err := s.PgAdmin.Start(ctx, spec)
	s.useWeb(svc, err)
	return err
}

func (s *Server) useWeb(svc Service, failure error) {
	if failure != nil {
		svc = nil
	}
	s.mu.Lock()
	s.web = web{service: svc, failure: failure}
	s.mu.Unlock()
}

// webSpec writes what pgAdmin reads and says how it runs: one worker, as its
// sessions are in memory, and threads for the queries that take long.
func (s *Server) webSpec(python string) (Spec, error) {
	acc, err := accountFor(s.cluster())
	if err == nil {
		err = s.writeWeb(acc)
	}
	if err != nil {
		return Spec{}, err
	}
	return Spec{
		Name: "pgadmin", Dir: s.webDir(), User: acc,
		Argv: []string{
			python, "-m", "gunicorn", "--bind", "127.0.0.1:" + strconv.Itoa(s.WebPort), "--workers", "1", "--threads", "25",
			"--timeout", "0", "--graceful-timeout", "3", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "slot_pgadmin:application",
		},
		Env:  append(serverEnv(), "HOME="+s.webDir(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1", "PYTHONNOUSERSITE=1"),
		Stop: syscall.SIGTERM, Grace: webGrace,
		Record: func(id slot.Identity) error {
			if id.PID == 0 {
				if err := s.writeWeb(acc); err != nil {
					return err
				}
			}
			return s.update(func(st *state) { st.PgAdmin = id })
		},
	}, nil
}

// awaitPgAdmin returns when it answers, or ended.
func (s *Server) awaitPgAdmin(ctx context.Context, svc Service) error {
	limited, cancel := context.WithTimeout(ctx, webLimit)
	defer cancel()
	for {
		err := s.askPgAdmin(limited)
		if err == nil {
			return nil
		}
		select {
		case <-svc.Exited():
			return slot.E(slot.KindFailed, "slot db logs --pgadmin",
				fmt.Errorf("pgAdmin did not start: %s: %s", svc.Now().LastExit, lastLines(joinLines(s.PgAdmin.Tail(20)), 3)))
		case <-limited.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return slot.E(slot.KindFailed, "slot db logs --pgadmin", fmt.Errorf("pgAdmin does not answer after %v: %w", webLimit, err))
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (s *Server) askPgAdmin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.webURL()+"/slot/health", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<10))
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", res.Status)
	}
	return nil
}

func webPortFree(port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return slot.E(slot.KindFailed, fmt.Sprintf("ss -ltnp 'sport = :%d' shows which program; SLOT_PGADMIN_PORT chooses another, with slot down and slot up", port),
			fmt.Errorf("pgAdmin cannot have port %d: another program listens on it", port))
	}
	return l.Close()
}

// DisablePgAdmin stops it for good; what it has stored stays.
func (s *Server) DisablePgAdmin(ctx context.Context) error {
	release, err := s.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.update(func(st *state) { st.WebOn = false }); err != nil {
		return err
	}
	return s.stopPgAdmin(ctx)
}

func (s *Server) stopPgAdmin(ctx context.Context) error {
	s.mu.Lock()
	svc := s.web.service
	s.mu.Unlock()
	if svc == nil {
		return nil
	}
	if err := svc.Stop(ctx); err != nil {
		return fmt.Errorf("cannot stop pgAdmin: %w", err)
	}
	s.useWeb(nil, nil)
	return s.update(func(st *state) { st.PgAdmin = slot.Identity{} })
}

// bootPgAdmin adopts it or starts it, without waiting.
func (s *Server) bootPgAdmin(ctx context.Context) {
	s.mu.Lock()
	on, id := s.state.WebOn, s.state.PgAdmin
	s.mu.Unlock()
	if !on {
		return
	}
	python, ok := s.installedPgAdmin()
	if !ok {
		s.useWeb(nil, slot.E(slot.KindFailed, "slot db pgadmin enable", errNotInstalled))
		return
	}
	spec, err := s.webSpec(python)
	if err == nil {
		svc, adoptErr := s.PgAdmin.Adopt(spec, id)
		if adoptErr != nil {
			if svc, err = s.PgAdmin.Start(ctx, spec); err == nil {
				svc.Ready()
			}
		}
		s.useWeb(svc, err)
	}
	if err != nil {
		s.useWeb(nil, err)
		s.Log.Error("pgAdmin is not back", slot.KeyError, err)
	}
}

// PgAdminStatus looks at pgAdmin now.
func (s *Server) PgAdminStatus(ctx context.Context) slot.PgAdminStatus {
	s.mu.Lock()
	w, on := s.web, s.state.WebOn
	s.mu.Unlock()
	st := slot.PgAdminStatus{State: slot.DatabaseOff, URL: s.webURL(), Data: s.webDir(), Version: s.webVersion()}
	switch {
	case w.service != nil:
		now := w.service.Now()
		st.PID, st.MemoryKiB, st.State = now.PID, now.MemoryKiB, slot.DatabaseStarting
		ctx, cancel := context.WithTimeout(ctx, statusLimit)
		defer cancel()
		if s.askPgAdmin(ctx) == nil {
			st.State = slot.DatabaseRunning
		}
	case w.failure != nil:
		st.State, st.Error = slot.DatabaseFailed, w.failure.Error()
	case on:
		st.State = slot.DatabaseStarting
	}
	return st
}

// ticketLife is how long a link is good: for one click.
const ticketLife = time.Minute

// PgAdminLogin returns the path, below pgAdmin's address, of a link that logs in
// whoever opens it first, within a minute. Hand it over by a redirect.
func (s *Server) PgAdminLogin() (path string, err error) {
	s.mu.Lock()
	running, key := s.web.service != nil, s.secrets.Ticket
	s.mu.Unlock()
	if !running {
		return "", slot.E(slot.KindFailed, "slot db pgadmin enable", fmt.Errorf("pgAdmin does not run"))
	}
	text := fmt.Sprintf("%d.%s", time.Now().Add(ticketLife).Unix(), rand.Text())
	h := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(h, "ticket:%s", text)
	return "/slot/login?" + url.Values{"ticket": {text + "." + hex.EncodeToString(h.Sum(nil))}}.Encode(), nil
}

// PgAdminPassword is the password of its login page.
func (s *Server) PgAdminPassword() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets.PgAdmin
}
