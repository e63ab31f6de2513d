package database

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/slot-paas/slot/slot"
)

// Enable sets PostgreSQL up and starts it, now and whenever slot starts. What
// is there already stays as it is, so it also mends: a role's password, a
// server that could not start. On an error, or when ctx ends, nothing is left
// half done.
func (s *Server) Enable(ctx context.Context, say slot.Progress) error {
	release, err := s.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.recoverUpgrade(); err != nil {
		return err
	}
	if err := s.makeSecrets(); err != nil {
		return err
	}
	s.mu.Lock()
	svc := s.service
	s.mu.Unlock()
	if svc != nil && !svc.Now().Ended {
		err := s.ask(ctx, s.Port)
		if err == nil {
			say("PostgreSQL runs already")
			return s.finishEnable(ctx)
		}
		if !hasCode(err, codeWrongPassword) {
			s.Log.Warn("PostgreSQL does not answer and is started anew", slot.KeyError, err)
		}
		if err := svc.Stop(ctx); err != nil {
			return err
		}
		s.use(nil, nil)
	}
	if err := s.setUp(ctx, say); err != nil {
		return err
	}
	return s.finishEnable(ctx)
}

// setUp makes the cluster where there is none, and starts the server.
func (s *Server) setUp(ctx context.Context, say slot.Progress) error {
	major, err := majorOfData(s.cluster())
	if err != nil {
		return err
	}
	if err := occupied(s.cluster(), major); err != nil {
		return err
	}
	acc, err := accountFor(s.cluster())
	if err != nil {
		return err
	}
	if err := acc.reaches(s.cluster(), "the data"); err != nil {
		return err
	}
	if err := portFree(s.Port); err != nil {
		return err
	}
	b, err := s.choose(ctx, major, acc, say)
	if err != nil {
		return err
	}
	if major == 0 {
		say(fmt.Sprintf("making a cluster of PostgreSQL %d in %s", b.major, s.cluster()))
		if err := s.initialise(ctx, b, acc, s.cluster()); err != nil {
			return err
		}
	}
	say(fmt.Sprintf("starting PostgreSQL %d as %v on port %d", b.major, acc, s.Port))
	err = s.launch(ctx, b, acc)
	if hasCode(err, codeWrongPassword) { // secrets.json is a new one
		say("giving the role " + admin + " its password again")
		if err = s.resetAdmin(ctx, b, acc, s.cluster()); err == nil {
			err = s.launch(ctx, b, acc)
		}
	}
	return err
}

// occupied refuses a folder that has something else in it.
func occupied(dir string, major int) error {
	entries, err := os.ReadDir(dir)
	if major != 0 || os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return os.Remove(dir)
	}
	return slot.E(slot.KindFailed, "move it away, or set SLOT_DATA to another folder",
		fmt.Errorf("%s is not a PostgreSQL cluster and not empty", dir))
}

// finishEnable closes what is open by default and makes the shared database.
func (s *Server) finishEnable(ctx context.Context) error {
	if err := s.closeDoors(ctx); err != nil {
		return err
	}
	if err := s.provision(ctx, slot.SharedSource); err != nil {
		return err
	}
	err := s.update(func(st *state) {
		st.Enabled = true
		if st.NextDaily == 0 {
			st.NextDaily = time.Now().Add(dailyFirst).Unix()
		}
	})
	if err != nil {
		return err
	}
	s.reschedule()
	return nil
}

// Disable stops PostgreSQL; it does not start again. The data stays.
func (s *Server) Disable(ctx context.Context) error {
	release, err := s.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.update(func(st *state) { st.Enabled = false }); err != nil {
		return err
	}
	return s.stopPostgres(ctx)
}

func (s *Server) stopPostgres(ctx context.Context) error {
	s.mu.Lock()
	svc := s.service
	s.mu.Unlock()
	if svc == nil {
		return nil
	}
	if err := svc.Stop(ctx); err != nil {
		return fmt.Errorf("cannot stop PostgreSQL: %w", err)
	}
	s.use(nil, nil)
	return s.update(func(st *state) { st.Postgres = slot.Identity{} })
}

// bootLimit is how long Boot waits for a server to answer, before the slots
// are brought back: apps that find none are started again until they do.
const bootLimit = 10 * time.Second

// Boot brings back what was enabled: adopts the server of an earlier daemon, or
// starts it. want is the setting that PostgreSQL be there without anybody
// asking; setting it up goes on while the slots are served.
func (s *Server) Boot(ctx context.Context, want bool) {
	ctx, s.end = context.WithCancel(context.WithoutCancel(ctx))
	if s.Enabled() {
		s.bootPostgres(ctx)
	} else if want {
		s.wg.Go(func() {
			if err := s.Enable(ctx, func(text string) { s.Log.Info("database", "step", text) }); err != nil {
				s.use(nil, err)
				s.Log.Error("cannot set up PostgreSQL", slot.KeyError, err)
			}
		})
	}
	s.bootPgAdmin(ctx)
	s.wg.Go(func() { s.keepBackups(ctx) })
}

func (s *Server) bootPostgres(ctx context.Context) {
	release, err := s.hold(ctx)
	if err != nil {
		return
	}
	defer release()
	err = s.recoverUpgrade()
	if err == nil {
		err = s.bring(ctx)
	}
	if err == nil {
		limited, cancel := context.WithTimeout(ctx, bootLimit)
		defer cancel()
		err = s.WaitReady(limited)
		if limited.Err() != nil {
			s.Log.Warn("PostgreSQL does not answer yet", slot.KeyError, err)
			return
		}
	}
	if err != nil {
		s.mu.Lock()
		s.failure = err
		s.mu.Unlock()
		s.Log.Error("PostgreSQL is not back", slot.KeyError, err)
	}
}

// bring adopts or starts the server of the cluster. It does not wait: the
// restart policy holds from the start, as something that it needs may come
// up later.
func (s *Server) bring(ctx context.Context) error {
	if err := s.makeSecrets(); err != nil {
		return err
	}
	major, err := majorOfData(s.cluster())
	if err == nil && major == 0 {
		err = slot.E(slot.KindFailed, "bring it back from a copy; or slot db disable, slot db enable make an empty one", fmt.Errorf("there is no database in %s", s.cluster()))
	}
	if err != nil {
		return err
	}
	acc, err := accountFor(s.cluster())
	if err != nil {
		return err
	}
	b, err := s.choose(ctx, major, acc, func(text string) { s.Log.Info("database", "step", text) })
	if err != nil {
		return err
	}
	spec := s.spec(b, acc, s.cluster(), s.Port, s.recordPostgres)
	s.mu.Lock()
	id := s.state.Postgres
	s.mu.Unlock()
	if svc, err := s.Postgres.Adopt(spec, id); err == nil {
		s.Log.Info("adopted PostgreSQL", slot.KeyPID, svc.Now().PID)
		s.use(svc, nil)
		return nil
	}
	svc, err := s.Postgres.Start(ctx, spec)
	if err != nil {
		return err
	}
	svc.Ready()
	s.use(svc, nil)
	return nil
}

// Stop ends the schedule, pgAdmin and PostgreSQL, in this order, for the end of
// the workspace: the next Boot brings them back.
func (s *Server) Stop(ctx context.Context) {
	s.quit()
	if err := s.stopPgAdmin(ctx); err != nil {
		s.Log.Error("cannot stop pgAdmin", slot.KeyError, err)
	}
	if err := s.stopPostgres(ctx); err != nil {
		s.Log.Error("cannot stop PostgreSQL", slot.KeyError, err)
	}
}

// Detach ends the schedule and leaves what runs to the next daemon.
func (s *Server) Detach() {
	s.quit()
	s.mu.Lock()
	services := []Service{s.service, s.web.service}
	s.mu.Unlock()
	for _, svc := range services {
		if svc != nil {
			svc.Detach()
		}
	}
}

func (s *Server) quit() {
	if s.end != nil {
		s.end()
	}
	s.wg.Wait()
}
