package admin

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// configSave puts the form into force, or says beside each field what is wrong
// with it. Changed variables make a new release of what is live.
func (a *Admin) configSave(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	form, err := formOf(r)
	if err != nil {
		a.done(w, r, c, "/config/"+string(n), "", err)
		return
	}
	change := func(next *slot.Config) map[string]*slot.Error { return apply(next, n, form) }
	changed, wrong, err := a.saveConfig(n, change)
	switch {
	case err != nil:
		a.done(w, r, c, "/config/"+string(n), "", err)
		return
	case len(wrong) > 0 && wantsJSON(r):
		a.send(w, http.StatusBadRequest, map[string]any{"error": first(wrong), "fields": wrong})
		return
	case len(wrong) > 0:
		a.showConfig(w, r, c, n, form, time.Time{}, wrong)
		return
	}
	a.drafts.drop(n)
	a.note(r, c, "save", n, strings.Join(changed, ", "), nil)
	text := "Saved."
	if len(changed) == 0 {
		text = "Nothing was changed."
	}
	if form.Get("then") == "deploy" {
		a.act(w, r, c, slot.Request{Slot: n, Action: slot.ActionDeploy}, "Saved. Slot "+string(n)+" is being deployed.")
		return
	}
	a.done(w, r, c, "/config/"+string(n), text, nil)
}

// errInvalid ends a change that was not valid; what is wrong is told apart.
var errInvalid = errors.New("invalid")

// saveConfig changes the configuration and puts it into force. It returns the
// paths that differ, or what is wrong by field.
func (a *Admin) saveConfig(n slot.Name, change func(*slot.Config) map[string]*slot.Error) (changed []string, wrong map[string]*slot.Error, err error) {
	var before, after slot.Config
	err = a.Store.UpdateConfig(func(c *slot.Config) error {
		before = *c
		before.Slots = maps.Clone(c.Slots)
		if wrong = change(c); len(wrong) > 0 {
			return errInvalid
		}
		after = *c
		return nil
	})
	if errors.Is(err, errInvalid) {
		return nil, wrong, nil
	}
	if err != nil {
		return nil, nil, err
	}
	a.Engine.Reconfigured()
	for _, ch := range slot.Changes(before, after) {
		changed = append(changed, ch.Path)
	}
	state := a.Store.State(n)
	if !maps.Equal(before.Slots[n].Environment, after.Slots[n].Environment) && state.Release != 0 && state.Desired == slot.DesiredRunning {
		_, err = a.Engine.Submit(slot.Request{Slot: n, Action: slot.ActionConfig, Trigger: trigger})
	}
	return changed, nil, err
}

func first(wrong map[string]*slot.Error) *slot.Error {
	for _, g := range configGroups() {
		for _, f := range g.Fields {
			if e := wrong[f.Path]; e != nil {
				return &slot.Error{Kind: e.Kind, Hint: e.Hint, Err: errorf("%s: %s", f.Label, e.Error())}
			}
		}
	}
	for _, e := range wrong {
		return e
	}
	return nil
}

// formOf reads the whole form.
func formOf(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, badForm("the form is too large")
		}
		return nil, badForm("the form cannot be read")
	}
	return r.PostForm, nil
}
