package supervisor

import (
	"net/http"
	"syscall"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

// What the control API asks of the supervisor itself.

// Keeper says who would start the next daemon.
func (h *house) Keeper() api.Keeper { return h.d.keeper.status() }

// Sockets hands the listening sockets to a new keeper.
func (h *house) Sockets(w http.ResponseWriter, r *http.Request) error { return h.d.keeper.serve(w, r) }

// SetEnvironment puts an environment in force for what is started from now on.
func (h *house) SetEnvironment(env []string) (changed []string, err error) {
	changed, err = h.d.env.replace(env)
	if len(changed) > 0 {
		h.engine.Git.SetEnvironment(h.d.env.list())
		h.d.Log.Info("new environment", "changed", changed)
		select {
		case h.moved <- struct{}{}:
		default: // told already
		}
	}
	return changed, err
}

// Replace asks the keeper for a new daemon, or first for a new keeper.
func (h *house) Replace(renew bool) (number int, err error) {
	note, err := ReadKeeperNote(h.d.Settings.Home)
	if err != nil {
		return 0, slot.E(slot.KindFailed, "slot down and slot up", err)
	}
	sig := syscall.SIGHUP
	if renew {
		sig = syscall.SIGUSR2
	}
	return note.Handover.Number + 1, h.d.keeper.signal(sig)
}
