package admin

import (
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// trigger is who asked, in the records of deployments.
const trigger = "admin"

// act queues a deployment and says so.
func (a *Admin) act(w http.ResponseWriter, r *http.Request, c caller, req slot.Request, text string) {
	req.Trigger = trigger
	d, err := a.Engine.Submit(req)
	a.note(r, c, string(req.Action), req.Slot, numbered(d.ID), err)
	a.done(w, r, c, backTo(r, "/slots/"+string(req.Slot)), text, err)
}

func numbered(id int64) string {
	if id == 0 {
		return ""
	}
	return errorf("deployment %d", id).Error()
}

// note writes down what somebody did.
func (a *Admin) note(r *http.Request, c caller, action string, n slot.Name, detail string, err error) {
	e := slot.AuditEntry{Who: c.who, Action: action, Slot: n, Detail: detail}
	if err != nil {
		e.Error = err.Error()
	}
	a.audit.add(r, e)
}
