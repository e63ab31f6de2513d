// Package process owns one supervised process: how it is started, known again,
// restarted, and stopped with everything that it started. It writes no file:
// identities go to the caller before and after each start, output goes to the
// paths that the caller names.
//
// Each process has one goroutine that owns it; its state machine is the pure
// function next. Each run has another that waits for its exit; the owner waits
// for that one. The owner ends when the process will not run again, or with
// Detach, which leaves the process running for another daemon to Adopt.
package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// Marker is the variable by which a process and its descendants are known.
const Marker = "SLOT_PROCESS_ID"

// Spec says what runs. It does not change over restarts.
type Spec struct {
	ID             string   // value of Marker, unique for every deployment
	Argv           []string // the program is looked up in PATH of Env
	Dir            string
	Env            []string // complete; only Marker is added
	Stdout, Stderr string   // FIFOs or files, opened for reading and writing
	Port           int      // private port; 0 for none
	Policy         slot.RestartPolicy
	MaxRestarts    int           // in a row, without a healthy minute; 0 is without end
	StopTimeout    time.Duration // from TERM to KILL
	Sandbox        *sandbox.Policy
	StopSignal     syscall.Signal      // asks it to end; 0 for TERM
	User           *syscall.Credential // it runs as; nil for the daemon's own
	Limits         Limits

	// Box makes Sandbox for the first run, where the caller has begun that: Start
	// calls it once, whatever comes, and closes the box. It may be nil.
	Box func() (*sandbox.Box, error) `json:"-"`
}

// Observer is told what happens. Both functions are called by the process's
// own goroutine, or by Start and Adopt before it runs.
type Observer struct {
	// Record writes an identity down: with PID 0 before a start, whole after
	// it. An error keeps the process from running.
	Record func(slot.Identity) error
	// Changed gets every new snapshot; it must return soon.
	Changed func(Snapshot)
}

// Snapshot is the state of a process at one moment.
type Snapshot struct {
	State    State
	Identity slot.Identity
	Port     int
	Restarts int       // by the restart policy
	Since    time.Time // of this state
	LastExit Exit
	GaveUp   bool // Crashed for good: MaxRestarts are used up
}

// Exit is how a run ended. The zero value means it has not.
type Exit struct {
	At     time.Time
	Known  bool // false for an adopted process on kernels before 6.15
	Code   int
	Signal syscall.Signal // 0 for an exit by itself
	Err    error          // it could not even start
}

// String is "exit status 1", "signal: killed" or "exit status unknown".
func (e Exit) String() string {
	switch {
	case e.Err != nil:
		return e.Err.Error()
	case !e.Known:
		return "exit status unknown"
	case e.Signal != 0:
		return "signal: " + e.Signal.String()
	}
	return fmt.Sprintf("exit status %d", e.Code)
}

// Process is one supervised process. Safe for concurrent use.
type Process struct {
	spec Spec
	obs  Observer
	log  *slog.Logger

	snap   atomic.Pointer[Snapshot]
	ready  gate
	stop   gate
	detach gate
	box    func() (*sandbox.Box, error) // of the next run, when it was begun ahead; for the process's goroutine
	renew  chan struct{}                // asks for a restart
	exited gate                         // opened at the first exit
	done   chan struct{}                // closed when the goroutine ended
}

// ErrGone says that the process to adopt does not run any more.
var ErrGone = errors.New("the process is gone")

// Start runs the program. It is in state Starting, in which an exit is final:
// the caller checks it and calls Ready.
func Start(ctx context.Context, spec Spec, obs Observer, log *slog.Logger) (*Process, error) {
	p := newProcess(spec, obs, log)
	p.box, p.spec.Box = spec.Box, nil
	if err := waitPort(ctx, spec.Port, nil, nil); err != nil {
		p.dropBox()
		return nil, err
	}
	if p.box == nil {
		p.prepareBox() // beside the record
	}
	run, err := p.spawn()
	p.dropBox() // of a start that failed before it
	if err != nil {
		return nil, err
	}
	p.begin(machine{state: Starting, policy: spec.Policy, most: spec.MaxRestarts, startedAt: time.Now()}, run)
	return p, nil
}

// Adopt takes over a process that an earlier daemon started; it is in state
// Running. ErrGone when no process has that identity.
func Adopt(spec Spec, id slot.Identity, obs Observer, log *slog.Logger) (*Process, error) {
	found, err := find(id)
	if err != nil {
		return nil, err
	}
	// A daemon that gave its processes up and took them back is their parent.
	st, err := readStat(found.PID)
	if err != nil {
		return nil, ErrGone
	}
	run, err := watch(found, st.parent == os.Getpid())
	if err != nil {
		return nil, err
	}
	// Only now cannot its number be given to another process.
	if _, err = find(found); err == nil {
		err = obs.Record(found)
	}
	if err != nil {
		run.close()
		return nil, err
	}
	p := newProcess(spec, obs, log)
	p.begin(machine{state: Running, policy: spec.Policy, most: spec.MaxRestarts, startedAt: time.Now()}, run)
	return p, nil
}

func newProcess(spec Spec, obs Observer, log *slog.Logger) *Process {
	return &Process{
		spec: spec, obs: obs, log: log,
		ready: newGate(), stop: newGate(), detach: newGate(), exited: newGate(), done: make(chan struct{}),
		renew: make(chan struct{}, 1),
	}
}

func (p *Process) begin(m machine, r *running) {
	o := &owner{Process: p, m: m, r: r, ready: p.ready.opened, stop: p.stop.opened}
	o.publish()
	go o.run()
}

// Snapshot returns the state now.
func (p *Process) Snapshot() Snapshot { return *p.snap.Load() }

// Ready says that the process answered: from now on the restart policy holds.
func (p *Process) Ready() { p.ready.open() }

// Exited is closed when the process ended for the first time; Snapshot then
// says how.
func (p *Process) Exited() <-chan struct{} { return p.exited.opened }

// Ended is closed when it will not run again, or was detached.
func (p *Process) Ended() <-chan struct{} { return p.done }

// Stop ends the process and all it started: TERM to its group, StopTimeout for
// all of the group, KILL, then KILL to whatever else descends from it. It
// returns when all are gone, with the last exit. When ctx ends first the stop
// goes on without the caller. It is an error when Detach came before.
func (p *Process) Stop(ctx context.Context) (Exit, error) {
	p.stop.open()
	select {
	case <-p.done:
		s := p.Snapshot()
		if s.State != Ended {
			return Exit{}, errors.New("cannot stop " + p.spec.ID + ": it was detached")
		}
		return s.LastExit, nil
	case <-ctx.Done():
		return Exit{}, ctx.Err()
	}
}

// Restart ends the run as Stop does and begins another, whatever the policy. It
// returns at once; one that is asked for already is the same.
func (p *Process) Restart() {
	select {
	case p.renew <- struct{}{}:
	default:
	}
}

// Limits are what the process is held to.
func (p *Process) Limits() Limits { return p.spec.Limits }

// Detach ends the supervision and leaves the process running.
func (p *Process) Detach() {
	p.detach.open()
	<-p.done
}
