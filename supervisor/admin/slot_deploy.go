package admin

import (
	"net/http"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// slotDeploy deploys what is configured, or the repository that was typed into
// an empty slot.
func (a *Admin) slotDeploy(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	a.act(w, r, c, slot.Request{
		Slot: n, Action: slot.ActionDeploy,
		Repository: strings.TrimSpace(r.FormValue("repository")),
		Branch:     strings.TrimSpace(r.FormValue("branch")),
		NoCache:    r.FormValue("no_cache") != "",
	}, "Slot "+string(n)+" is being deployed.")
}
