package admin

import (
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// slotStart brings a stopped slot back.
func (a *Admin) slotStart(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	a.act(w, r, c, slot.Request{Slot: n, Action: slot.ActionStart}, "Slot "+string(n)+" starts.")
}
