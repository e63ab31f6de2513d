package deploy

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// unit is a release that runs: its processes and the target that leads to
// it. Only the lane's goroutine changes it; the lane's lock guards workers, which
// come and go while others look.
type unit struct {
	release slot.Release
	web     *proc // nil for a static site
	workers []*proc
	target  *proxy.Target
}

// proc is one process of a unit with its output.
type proc struct {
	*process.Process
	out  *logs.Output
	id   string
	typ  string
	port int // private port that was given out; 0 for none
	mode slot.SandboxMode
}

// serving reports whether requests to the unit have a chance: a static site,
// or a web process that has not given up.
func (u *unit) serving() bool {
	if u.web == nil {
		return true
	}
	switch u.web.Snapshot().State {
	case process.Running, process.Backoff, process.Restarting:
		return true
	}
	return false
}

func (u *unit) procs() []*proc {
	if u.web == nil {
		return u.workers
	}
	return append([]*proc{u.web}, u.workers...)
}

// employ makes the workers of u those given.
func (l *lane) employ(u *unit, workers []*proc) {
	l.mu.Lock()
	u.workers = workers
	l.mu.Unlock()
}

// procsOf is procs for others than the lane's goroutine.
func (l *lane) procsOf(u *unit) []*proc {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(u.procs())
}

// launch starts one process of a release. On an error nothing is left behind.
func (l *lane) launch(ctx context.Context, rel slot.Release, p slot.Process) (*proc, error) {
	port := 0
	if p.Type == slot.ProcessWeb {
		var err error
		if port = l.e.Store.Config().Slots[l.name].AppPort; port != 0 {
			l.e.Ports.Reserve(port)
		} else if port, err = l.e.Ports.Take(); err != nil {
			return nil, err
		}
	}
	mode := l.sandboxMode()
	walls := l.enclose(mode, rel)
	pr := &proc{id: newProcessID(p.Type, rel.ID), typ: p.Type, port: port, mode: mode}
	out, err := l.attach(pr.id)
	if err != nil {
		walls.drop()
		l.e.Ports.Release(port)
		return nil, err
	}
	pr.out = out
	spec := l.spec(rel, p, pr, walls.policy())
	spec.Box = func() (*sandbox.Box, error) { return walls.box(spec.Stdout, spec.Stderr) }
	pr.Process, err = process.Start(ctx, spec, l.observer(rel, pr), l.e.Log)
	if err != nil {
		l.retire(pr)
		return nil, err
	}
	return pr, nil
}

// newProcessID names one run of a process on this machine: its type and
// release for people, and 64 random bits, because slots of other state folders
// run here too.
func newProcessID(typ string, release int) string {
	return fmt.Sprintf("%s.%d.%016x", typ, release, rand.Uint64())
}

// adopt takes over a process that an earlier daemon started.
func (l *lane) adopt(rel slot.Release, p slot.Process, rec slot.ProcessRecord) (*proc, error) {
	pr := &proc{id: rec.ID, typ: p.Type, port: rec.Port, mode: rec.Sandbox.Or(slot.SandboxOff)}
	if rec.Port != 0 {
		l.e.Ports.Reserve(rec.Port)
	}
	out, err := l.attach(pr.id)
	if err != nil {
		l.e.Ports.Release(rec.Port)
		return nil, err
	}
	pr.out = out
	pr.Process, err = process.Adopt(l.spec(rel, p, pr, l.sandbox(pr.mode, rel)), rec.Identity, l.observer(rel, pr), l.e.Log)
	switch {
	case errors.Is(err, process.ErrGone):
		l.retire(pr)
		return nil, err
	case err != nil: // it may run on: the record stays, for the sweep
		l.e.Ports.Release(rec.Port)
		return nil, errors.Join(err, out.Detach())
	}
	return pr, nil
}

func (l *lane) attach(id string) (*logs.Output, error) {
	return l.e.Logs[l.name].Attach(id, l.e.Store.Layout().Fifo())
}

func (l *lane) spec(rel slot.Release, p slot.Process, pr *proc, box *sandbox.Policy) process.Spec {
	cfg := l.e.Store.Config().Slots[l.name]
	policy := cfg.Restart
	if policy == "" {
		policy = slot.RestartAlways
	}
	env := l.e.environment(rel, pr.port)
	if p.PortEnv != "" && p.PortEnv != "PORT" && pr.port != 0 {
		env = append(env, fmt.Sprintf("%s=%d", p.PortEnv, pr.port))
	}
	stdout, stderr := pr.out.Paths()
	if box = box.Clone(); box != nil { // programs open /dev/stdout anew
		box.Write = append(box.Write, stdout, stderr)
	}
	return process.Spec{
		ID: pr.id, Argv: p.Args(), Env: env, Port: pr.port, Policy: policy, MaxRestarts: cfg.MaxRestarts, Limits: l.limits(),
		Dir:         filepath.Join(l.e.appDir(rel), filepath.FromSlash(p.WorkingDir)),
		Stdout:      stdout,
		Stderr:      stderr,
		StopTimeout: cfg.StopTimeout.Or(slot.DefaultStopTimeout),
		Sandbox:     box,
	}
}

// observer writes a process's identity to disk before and after each start,
// and notes in the slot's log what happened to it.
func (l *lane) observer(rel slot.Release, pr *proc) process.Observer {
	var c crashes
	return process.Observer{
		Record: func(id slot.Identity) error {
			return l.record(slot.ProcessRecord{Identity: id, Release: rel.ID, Type: pr.typ, Port: pr.port, Sandbox: pr.mode})
		},
		Changed: func(s process.Snapshot) {
			l.note(pr, s)
			if c.news(s) {
				l.noteCrash(rel, pr.typ, s)
			}
		},
	}
}

// stopUnit ends every process of u side by side and forgets them.
func (l *lane) stopUnit(ctx context.Context, u *unit) error {
	return l.stopProcs(ctx, u.procs())
}

func (l *lane) stopProcs(ctx context.Context, procs []*proc) error {
	var wg sync.WaitGroup
	errs := make([]error, len(procs))
	for i, p := range procs {
		wg.Go(func() {
			if _, err := p.Stop(ctx); err != nil {
				errs[i] = fmt.Errorf("cannot stop %s: %w", p.typ, err)
				return
			}
			l.retire(p)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// retire gives back what a process that is gone held.
func (l *lane) retire(p *proc) {
	if p.out != nil {
		if err := p.out.Finish(); err != nil {
			l.e.Log.Warn("cannot finish the output", slot.KeySlot, l.name, slot.KeyError, err)
		}
	}
	if p.port != 0 {
		l.e.Ports.Release(p.port)
	}
	if err := l.forget(p.id); err != nil {
		l.e.Log.Warn("cannot forget the process", slot.KeySlot, l.name, slot.KeyError, err)
	}
}

// folders makes what an app may rely on: its storage and its own TMPDIR.
func (l *lane) folders() error {
	lay := l.e.Store.Layout()
	for _, dir := range []string{lay.Storage(l.name), lay.SlotTmp(l.name)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("cannot create %s: %w", dir, err)
		}
	}
	return nil
}
