package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// configCheck says what is wrong with a form as it is typed, by field.
func (a *Admin) configCheck(w http.ResponseWriter, r *http.Request, _ caller, n slot.Name) {
	form, err := formOf(r)
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	cfg := a.Store.Config()
	wrong := apply(&cfg, n, form)
	if wrong == nil {
		wrong = map[string]*slot.Error{}
	}
	a.answer(w, map[string]any{"fields": wrong})
}

// reachTimeout bounds the question to a repository.
const reachTimeout = 20 * time.Second

// reach is what is known of a repository.
type reach struct {
	Reachable bool        `json:"reachable"`
	Default   string      `json:"default,omitempty"`
	Branches  []string    `json:"branches,omitempty"`
	Error     *slot.Error `json:"error,omitempty"`
}

// maxBranches is how many branches are offered.
const maxBranches = 200

// configRepository asks a repository whether it can be reached and which
// branches it has, with the user's own logins.
func (a *Admin) configRepository(w http.ResponseWriter, r *http.Request, _ caller, n slot.Name) {
	address := strings.TrimSpace(r.FormValue("repository"))
	if known := a.Store.Config().Slots[n].Repository; address == slot.RedactAddress(known) {
		address = known // with its token, which the page does not have
	}
	repo, err := slot.ParseRepository(address)
	if err != nil {
		a.answer(w, reach{Error: slot.AsError(err)})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), reachTimeout)
	defer cancel()
	refs, err := a.Engine.Git.Refs(ctx, repo.Address)
	if err != nil && repo.Local {
		a.answer(w, reach{Reachable: isFolder(repo.Address), Error: noFolder(repo.Address)})
		return
	}
	if err != nil {
		a.answer(w, reach{Error: slot.AsError(err)})
		return
	}
	out := reach{Reachable: true}
	out.Branches, out.Default = refs.Branches()
	out.Branches = out.Branches[:min(len(out.Branches), maxBranches)]
	a.answer(w, out)
}
