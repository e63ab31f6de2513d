package supervisor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/database"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/process"
)

// services introduces the process room to the database room: it runs what
// belongs to slot itself and to no slot, with its output in one log.
type services struct {
	log  *logs.Log
	fifo string
	slog *slog.Logger
}

// Start runs the program; an exit is final until Ready.
func (r *services) Start(ctx context.Context, s database.Spec) (database.Service, error) {
	id := fmt.Sprintf("%s.%s", s.Name, rand.Text())
	out, err := r.log.Attach(id, r.fifo)
	if err != nil {
		return nil, err
	}
	p, err := process.Start(ctx, r.spec(id, s, out), r.observer(id, s), r.slog)
	if err != nil {
		return nil, errors.Join(err, out.Finish())
	}
	return &service{p, out}, nil
}

// Adopt takes over what an earlier daemon started; of what is gone it keeps
// the last words.
func (r *services) Adopt(s database.Spec, id slot.Identity) (database.Service, error) {
	if id.ID == "" {
		return nil, process.ErrGone
	}
	out, err := r.log.Attach(id.ID, r.fifo)
	if err != nil {
		return nil, err
	}
	p, err := process.Adopt(r.spec(id.ID, s, out), id, r.observer(id.ID, s), r.slog)
	if errors.Is(err, process.ErrGone) {
		return nil, errors.Join(err, process.Kill(id), out.Finish())
	}
	if err != nil {
		return nil, errors.Join(err, out.Detach())
	}
	return &service{p, out}, nil
}

// Tail returns the last lines of the log.
func (r *services) Tail(n int) []string {
	lines, err := r.log.Tail(n)
	if err != nil {
		return nil
	}
	var texts []string
	for _, l := range lines {
		if l.Stream != logs.Slot {
			texts = append(texts, l.Text)
		}
	}
	return texts
}

func (r *services) spec(id string, s database.Spec, out *logs.Output) process.Spec {
	stdout, stderr := out.Paths()
	return process.Spec{
		ID: id, Argv: s.Argv, Dir: s.Dir, Env: s.Env, Stdout: stdout, Stderr: stderr,
		Policy: slot.RestartAlways, StopSignal: s.Stop, StopTimeout: s.Grace, User: s.User.Credential(),
	}
}

// observer tells the log of what a person who reads it would wonder about.
func (r *services) observer(id string, s database.Spec) process.Observer {
	return process.Observer{Record: s.Record, Changed: func(now process.Snapshot) {
		text := ""
		switch {
		case now.State == process.Running && now.Restarts > 0 && now.Since.Sub(now.LastExit.At) < time.Minute && !now.LastExit.At.IsZero():
			text = fmt.Sprintf("pid %d started again after %v (restart %d)", now.Identity.PID, now.LastExit, now.Restarts)
		case now.State == process.Backoff || now.State == process.Crashed:
			text = fmt.Sprintf("exited: %v; it will be started again", now.LastExit)
		case now.State == process.Ended:
			text = fmt.Sprintf("ended: %v", now.LastExit)
		}
		if text == "" {
			return
		}
		if err := r.log.Append(logs.Line{Stream: logs.Slot, Process: id, Text: text}); err != nil {
			r.slog.Warn("cannot write to the service's log", slot.KeyError, err)
		}
	}}
}

// service is a running program with its output.
type service struct {
	*process.Process
	out *logs.Output
}

func (s *service) Stop(ctx context.Context) error {
	if _, err := s.Process.Stop(ctx); err != nil {
		return err
	}
	return s.out.Finish()
}

func (s *service) Now() database.Running {
	now := s.Snapshot()
	r := database.Running{
		PID: now.Identity.PID, Restarts: now.Restarts, Since: now.Since, Ended: now.State == process.Ended,
	}
	if !now.LastExit.At.IsZero() {
		r.LastExit = now.LastExit.String()
	}
	if r.PID != 0 {
		r.MemoryKiB = process.Measure(now.Identity, false).MemoryKiB
	}
	return r
}
