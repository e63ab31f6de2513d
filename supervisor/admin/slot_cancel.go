package admin

import (
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// slotCancel ends the deployment that runs or waits in the slot.
func (a *Admin) slotCancel(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	var err error
	d := a.Engine.Status(n).Deploying
	if d == nil {
		err = slot.E(slot.KindNotFound, "", errorf("nothing is being deployed to slot %s", n))
	} else {
		err = a.Engine.Cancel(d.ID)
		a.note(r, c, "cancel", n, numbered(d.ID), err)
	}
	a.done(w, r, c, backTo(r, "/slots/"+string(n)), "The deployment is being canceled.", err)
}
