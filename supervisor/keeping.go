package supervisor

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/store"
)

// keeping is the keeper at work: one goroutine that waits for what happens to
// its daemons. At rest it has no timer.
type keeping struct {
	k       *Keeper
	lay     store.Layout
	lock    *os.File
	socks   sockets
	env     *environment
	pipes   *pipes
	note    *note
	signals chan os.Signal

	current  *ward        // has the rooms, or is about to; nil while there is none
	yielding *ward        // gave them up for current, and would take them back
	leaving  map[int]bool // answer their last requests
	pause    time.Duration
	again    <-chan time.Time // when the next daemon is due
	overdue  <-chan time.Time // when current should have begun to serve
	cut      <-chan time.Time // when those that leave have had their time
	first    bool             // a daemon served under this keeper
	asked    os.Signal        // for another daemon, while one was on its way
	stopping bool
}

// ward is a daemon in the keeper's care.
type ward struct {
	pid     int
	watcher *process.Watcher // of one that another keeper started; nil for a child
	started time.Time
	ready   <-chan error // how its start went; nil once that is known
	served  bool
	killed  bool  // by somebody else
	failure error // why it does not serve
}

func (w *ward) readiness() <-chan error {
	if w == nil {
		return nil
	}
	return w.ready
}

func (w *ward) exit() <-chan process.Exit {
	if w == nil {
		return nil
	}
	return w.watcher.Exit()
}

func (w *ward) signal(sig syscall.Signal) {
	if w == nil {
		return
	}
	if w.watcher != nil {
		_ = w.watcher.Signal(sig) // gone already: its exit comes
		return
	}
	_ = syscall.Kill(w.pid, sig) // not reaped yet, so the number is its own
}

func (g *keeping) run(ctx context.Context) error {
	defer g.endLeaving()
	for {
		over, err := false, error(nil)
		select {
		case <-ctx.Done():
			ctx, g.stopping = context.WithoutCancel(ctx), true
			over = g.stop()
		case <-g.again:
			g.again = nil
			if err := g.start(); err != nil {
				warn(g.lay, "the daemon cannot be started", slot.KeyError, err)
				g.later(0, false)
			}
		case err := <-g.current.readiness():
			over = g.started(err)
		case e := <-g.current.exit():
			over, err = g.ended(g.current, e.String(), false)
		case e := <-g.yielding.exit():
			over, err = g.ended(g.yielding, e.String(), false)
		case <-g.overdue:
			g.overdue = nil
			g.current.failure = errors.New("it did not serve in time")
			g.current.signal(syscall.SIGKILL)
		case <-g.cut:
			g.endLeaving()
		case sig := <-g.signals:
			switch sig {
			case syscall.SIGHUP:
				g.replace()
			case syscall.SIGUSR2:
				g.renew()
			default:
				over, err = g.reaped(reap())
			}
		}
		if over || err != nil {
			return err
		}
	}
}

// stop passes a wish to end on, and reports whether there is nobody to pass it
// to. A daemon that is being replaced ends once the next one has the apps.
func (g *keeping) stop() bool {
	if g.current == nil {
		return true
	}
	if g.yielding == nil {
		g.current.signal(syscall.SIGTERM)
	}
	return false
}

// start runs the next daemon.
func (g *keeping) start() error {
	w, err := g.spawn()
	if err != nil {
		return err
	}
	g.current = w
	return nil
}

// started takes how the current daemon's start went. One that failed told why
// and ends; what is to be done is decided then.
func (g *keeping) started(err error) (over bool) {
	g.current.ready, g.current.failure, g.overdue = nil, err, nil
	if err != nil {
		return false
	}
	tell(g.k.Ready, nil)
	g.k.Ready, g.first, g.current.served = nil, true, true
	g.note.handedOver(nil)
	if g.yielding != nil {
		g.dismiss(g.yielding)
		g.yielding = nil
	}
	g.catchUp()
	return g.stopping && g.stop()
}

func (g *keeping) reaped(all map[int]syscall.WaitStatus) (over bool, err error) {
	for pid, status := range all {
		delete(g.leaving, pid)
		for _, w := range []*ward{g.current, g.yielding} {
			if w != nil && w.watcher == nil && w.pid == pid && !over {
				w.killed = status.Signaled() && status.Signal() == syscall.SIGKILL
				over, err = g.ended(w, describeExit(status), status.Exited() && status.ExitStatus() == exitDone)
				if !g.first && status.Exited() && status.ExitStatus() == exitCannotStart {
					return true, errors.Join(err, w.failure)
				}
			}
		}
	}
	return over, err
}

// ended is what follows the end of a daemon. done says that it was told to
// stop, and the keeper with it.
func (g *keeping) ended(w *ward, how string, done bool) (over bool, err error) {
	defer w.watcher.Close()
	if w.ready != nil { // the end of its pipe says so at the latest
		w.failure, w.ready = <-w.ready, nil
	}
	if w == g.yielding {
		g.yielding = nil // the next one takes the apps without it
		return false, nil
	}
	g.current, g.overdue = nil, nil
	switch {
	case g.yielding != nil:
		g.takeBack(w, how)
		return g.stopping && g.stop(), nil
	case done || g.stopping:
		return true, nil
	}
	g.note.handedOver(failure(w, how))
	if g.k.Ready != nil { // who waits for the first one is told; more are tried
		tell(g.k.Ready, failure(w, how))
		g.k.Ready = nil
	}
	warn(g.lay, "the daemon ended", slot.KeyPID, w.pid, slot.KeyError, how)
	g.later(time.Since(w.started), w.served || w.killed)
	return false, nil
}

// later waits before the next start.
func (g *keeping) later(lived time.Duration, served bool) {
	g.pause = nextPause(g.pause, lived, served)
	g.again = time.After(g.pause)
}

// failure is why a daemon that ended does not serve.
func failure(w *ward, how string) error {
	if w.failure != nil {
		return w.failure
	}
	return errors.New("the daemon ended: " + how)
}
