package database

import (
	"context"
	"time"

	"github.com/slot-paas/slot/slot"
)

// The schedule of the daily backups. One that is due when slot starts waits
// until the slots are served.
const (
	dailyEvery = 24 * time.Hour
	dailyFirst = time.Hour // after PostgreSQL was set up
	dailyLate  = 5 * time.Second
	dailyAgain = time.Hour // after one that failed
)

// keepBackups makes the daily backups: one timer, and nothing else wakes it but
// Enable.
func (s *Server) keepBackups(ctx context.Context) {
	s.sweepBackups()
	for {
		var due <-chan time.Time // nil never comes
		if next := s.nextDaily(); !next.IsZero() {
			due = time.After(max(time.Until(next), dailyLate))
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-due:
			s.daily(ctx)
		}
	}
}

// reschedule makes the goroutine look at the clock anew.
func (s *Server) reschedule() {
	select {
	case s.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// nextDaily is when the next daily backups are due; zero where none are.
func (s *Server) nextDaily() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.state.Enabled || s.state.NextDaily == 0 {
		return time.Time{}
	}
	return time.Unix(s.state.NextDaily, 0).UTC()
}

func (s *Server) setNextDaily(t time.Time) {
	if err := s.update(func(st *state) { st.NextDaily = t.Unix() }); err != nil {
		s.Log.Error("cannot write the schedule of the backups", slot.KeyError, err)
	}
}

// daily backs up every database that has something in it.
func (s *Server) daily(ctx context.Context) {
	again := dailyEvery
	for _, src := range slot.DatabaseSources() {
		if err := s.dailyOf(ctx, src); err != nil {
			if ctx.Err() != nil {
				return // it is still due at the next start
			}
			s.Log.Error("no daily backup", "database", databaseOf(src), slot.KeyError, err)
			again = dailyAgain
		}
	}
	s.setNextDaily(time.Now().Add(again))
	s.pruneAutomatic()
}

func (s *Server) dailyOf(ctx context.Context, src slot.DatabaseSource) error {
	release, err := s.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if filled, err := s.filled(ctx, src); err != nil || !filled {
		return err
	}
	_, err = s.backup(ctx, slot.Backup{Source: src, Reason: slot.BackupDaily}, quiet)
	return err
}
