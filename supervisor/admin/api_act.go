package admin

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/slot-paas/slot/slot"
)

// apiTrigger is who asked, in the records of deployments.
const apiTrigger = "api"

// submit queues a deployment for a script.
func (a *Admin) submit(w http.ResponseWriter, r *http.Request, c caller, req slot.Request) {
	req.Trigger = apiTrigger
	d, err := a.Engine.Submit(req)
	a.note(r, c, string(req.Action), req.Slot, numbered(d.ID), err)
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	a.answer(w, d)
}

func (a *Admin) apiDeploy(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	q := r.URL.Query()
	noCache := false
	if v := q.Get("no_cache"); v != "" {
		var err error
		if noCache, err = strconv.ParseBool(v); err != nil {
			a.fail(w, badForm(fmt.Sprintf("no_cache is %q; want true or false", v)), 0)
			return
		}
	}
	a.submit(w, r, c, slot.Request{Slot: n, Action: slot.ActionDeploy, Branch: q.Get("branch"), NoCache: noCache})
}

func (a *Admin) apiRestart(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	a.submit(w, r, c, slot.Request{Slot: n, Action: slot.ActionRestart})
}

func (a *Admin) apiStart(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	a.submit(w, r, c, slot.Request{Slot: n, Action: slot.ActionStart})
}

func (a *Admin) apiRollback(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	release := 0
	if v := r.URL.Query().Get("release"); v != "" {
		var err error
		if release, err = strconv.Atoi(v); err != nil || release < 1 {
			a.fail(w, badForm(strconv.Quote(v)+" is not the number of a release"), 0)
			return
		}
	}
	a.submit(w, r, c, slot.Request{Slot: n, Action: slot.ActionRollback, Release: release})
}

func (a *Admin) apiDeployAll(w http.ResponseWriter, r *http.Request, c caller) {
	ds, err := a.submitAll(r, c, apiTrigger)
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	if ds == nil {
		ds = []slot.Deployment{}
	}
	a.answer(w, ds)
}

func (a *Admin) apiStop(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	err := a.stop(r, n)
	a.note(r, c, "stop", n, "", err)
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	a.answer(w, a.Engine.Status(n))
}

func (a *Admin) apiCancel(w http.ResponseWriter, r *http.Request, c caller) {
	d, err := a.deployment(r)
	if err == nil {
		err = a.Engine.Cancel(d.ID)
		a.note(r, c, "cancel", d.Slot, numbered(d.ID), err)
	}
	if err == nil {
		d, err = a.deploymentNumber(d.ID)
	}
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	a.answer(w, d)
}
