package admin

import (
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// slotRestart starts the live release anew beside itself.
func (a *Admin) slotRestart(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	a.act(w, r, c, slot.Request{Slot: n, Action: slot.ActionRestart}, "Slot "+string(n)+" restarts.")
}
