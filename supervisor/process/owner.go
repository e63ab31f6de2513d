package process

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// owner is what the process's goroutine alone reads and writes.
type owner struct {
	*Process
	m           machine
	r           *running // nil while nothing runs
	last        Exit
	timer       *time.Timer
	killAt      time.Time       // end of the grace, once TERM was sent
	ready, stop <-chan struct{} // nil once seen: a closed channel is ready for ever
}

func (o *owner) run() {
	defer close(o.done)
	o.timer = time.NewTimer(0)
	o.timer.Stop()
	defer o.timer.Stop()
	for o.m.state != Ended {
		select {
		case <-o.detach.opened:
			if o.r != nil {
				o.r.close()
			}
			return
		case <-o.ready:
			o.ready = nil
			o.do(event{kind: evReady})
		case <-o.stop:
			o.stop = nil
			o.do(event{kind: evStop})
		case <-o.renew:
			o.do(event{kind: evRestart})
		case <-o.timer.C:
			o.do(event{kind: evTimer})
		case e := <-o.r.exits():
			o.ended(e)
		}
		o.publish()
		if !o.last.At.IsZero() {
			o.exited.open() // after publish: who waits for it asks how it ended
		}
	}
}

// do puts an event to the machine and does what it says.
func (o *owner) do(ev event) {
	var act action
	o.m, act = next(o.m, ev, time.Now(), rand.Float64())
	switch act.kind {
	case actTerm:
		o.killAt = time.Now().Add(o.spec.StopTimeout)
		o.signal(cmp.Or(o.spec.StopSignal, syscall.SIGTERM))
		o.timer.Reset(o.spec.StopTimeout)
	case actKill:
		o.signal(syscall.SIGKILL)
	case actWait:
		o.timer.Reset(act.after)
	case actStart:
		o.timer.Stop()
		o.start()
	}
}

// ended cleans up after a run.
func (o *owner) ended(e Exit) {
	o.r.close()
	if o.m.state == Stopping || o.m.state == Restarting {
		o.awaitGroup()
	}
	exit := event{kind: evExit, clean: e.Known && e.Code == 0 && e.Signal == 0}
	if _, act := next(o.m, exit, time.Now(), 0); act.kind == actStart {
		o.prepareBox() // to look for what the run left takes as long
	}
	o.sweep(o.r.id)
	o.r, o.last = nil, e
	o.pending()
	o.do(exit)
	o.dropBox()
}

// pending takes the calls that came before the exit was noticed: after Ready
// an exit is not final any more, after Stop nothing is started.
func (o *owner) pending() {
	select {
	case <-o.ready:
		o.ready = nil
		o.do(event{kind: evReady})
	default:
	}
	select {
	case <-o.stop:
		o.stop = nil
		o.do(event{kind: evStop})
	default:
	}
}

// start runs the program again. A start that fails counts as an exit.
func (o *owner) start() {
	r, err := o.again()
	switch {
	case err == nil:
		o.r = r
	case errors.Is(err, errCalledOff):
		o.m.state = Backoff
		o.pending()
	default:
		o.log.Warn("cannot restart", "process", o.spec.ID, slot.KeyError, err)
		o.last = Exit{At: time.Now(), Err: err}
		o.do(event{kind: evExit})
	}
}

func (o *owner) again() (*running, error) {
	ctx, cancel := context.WithTimeout(context.Background(), portTimeout)
	defer cancel()
	if err := waitPort(ctx, o.spec.Port, o.stop, o.detach.opened); err != nil {
		return nil, err
	}
	return o.spawn()
}

func (o *owner) signal(sig syscall.Signal) {
	if o.r == nil {
		return
	}
	if err := syscall.Kill(-o.r.id.PID, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		o.log.Warn("cannot signal", slot.KeyPID, o.r.id.PID, slot.KeyError, err)
	}
}

// awaitGroup leaves the rest of the grace to the group of a leader that ended:
// npm and shells end at TERM while the server they started still answers.
func (o *owner) awaitGroup() {
	for time.Now().Before(o.killAt) && groupRuns(o.r.id.PID) {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-o.detach.opened:
			return
		}
	}
}

func (o *owner) publish() {
	s := Snapshot{State: o.m.state, Port: o.spec.Port, Restarts: o.m.restarts, GaveUp: o.m.gaveUp, LastExit: o.last, Since: time.Now()}
	if o.r != nil {
		s.Identity = o.r.id
	}
	if old := o.snap.Load(); old != nil && old.State == s.State && old.Identity == s.Identity {
		s.Since = old.Since
	}
	o.snap.Store(&s)
	o.obs.Changed(s)
}
