package admin

import (
	"net/http"
	"strconv"

	"github.com/slot-paas/slot/slot"
)

// slotRollback goes back to the release that the form names, else to the one
// before the live one.
func (a *Admin) slotRollback(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	release := 0
	if v := r.FormValue("release"); v != "" {
		var err error
		if release, err = strconv.Atoi(v); err != nil {
			a.done(w, r, c, backTo(r, "/slots/"+string(n)), "", badForm(strconv.Quote(v)+" is not the number of a release"))
			return
		}
	}
	a.act(w, r, c, slot.Request{Slot: n, Action: slot.ActionRollback, Release: release}, "Slot "+string(n)+" rolls back.")
}
