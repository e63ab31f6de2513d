package supervisor

import (
	"os"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// leaveTimeout is how long a daemon that was replaced may answer its last
// requests: the drain of a target, and some seconds for closing connections.
const leaveTimeout = slot.DefaultDrain + 15*time.Second

// replaceTimeout is how long a new daemon may take to serve before the old one
// goes on: the old one ends what is under way, the new one opens its rooms.
const replaceTimeout = time.Minute

// replace hands the apps to a new daemon. The old one gives up its rooms and
// goes on to lead requests to the apps; the new one waits for the rooms, takes
// them and serves; then the old one answers what it has begun and ends. Where
// the new one does not come to serve, the old one takes its rooms back.
func (g *keeping) replace() {
	if g.busy(syscall.SIGHUP) {
		return
	}
	old := g.current
	g.note.handingOver(old.pid)
	if err := g.start(); err != nil {
		g.note.handedOver(err)
		return
	}
	g.yielding, g.overdue = old, time.After(replaceTimeout)
	old.signal(syscall.SIGUSR1)
}

// takeBack gives the rooms back to the daemon that w should have replaced.
func (g *keeping) takeBack(w *ward, how string) {
	err := failure(w, how)
	warn(g.lay, "the new daemon does not serve; the old one goes on", slot.KeyPID, w.pid, slot.KeyError, err)
	g.current, g.yielding = g.yielding, nil
	g.current.signal(syscall.SIGUSR2)
	g.note.handedOver(err)
	g.catchUp()
}

// busy reports whether a daemon is on its way already, or none is wanted any
// more; then what was asked for waits for that.
func (g *keeping) busy(sig os.Signal) bool {
	if g.stopping {
		return true
	}
	if g.current != nil && g.current.ready == nil && g.yielding == nil {
		return false
	}
	if g.asked != syscall.SIGUSR2 { // which does the other, too
		g.asked = sig
	}
	return true
}

// catchUp does what was asked for meanwhile.
func (g *keeping) catchUp() {
	if g.asked == nil {
		return
	}
	select {
	case g.signals <- g.asked:
	default: // so many signals wait that one of them is the same
	}
	g.asked = nil
}

// dismiss lets a daemon that was replaced end.
func (g *keeping) dismiss(w *ward) {
	w.signal(syscall.SIGTERM)
	if w.watcher != nil { // another's child: it ends by itself
		w.watcher.Close()
		return
	}
	if g.leaving == nil {
		g.leaving = map[int]bool{}
	}
	g.leaving[w.pid] = true
	g.cut = time.After(leaveTimeout)
}

// endLeaving ends those that had their time.
func (g *keeping) endLeaving() {
	g.cut = nil
	for pid := range g.leaving {
		_ = syscall.Kill(pid, syscall.SIGKILL) // not reaped yet, so the number is its own
	}
}
