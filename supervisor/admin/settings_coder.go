package admin

import (
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// coderView is what Coder decides of the slots. To change it takes a build of
// the workspace, and the owner's own login: that is slot-coder's, in a
// terminal.
type coderView struct {
	Workspace string // as Coder names it; "" elsewhere
	Slots     []coderSlot
}

type coderSlot struct {
	Slot      slot.Name
	Subdomain string
	URL       string
}

// coderSettings shows it, with the commands that change it.
func (a *Admin) coderSettings(w http.ResponseWriter, r *http.Request, c caller) {
	v, cfg := coderView{Workspace: a.workspace()}, a.Store.Config()
	for _, n := range slot.Names() {
		v.Slots = append(v.Slots, coderSlot{n, cfg.Slots[n].Subdomain, a.Engine.Status(n).URL})
	}
	a.page(w, r, c, "settings_coder.html", "Coder", "settings", v)
}

func (a *Admin) workspace() string {
	name := a.Getenv("CODER_WORKSPACE_NAME")
	if name == "" {
		return ""
	}
	return a.Getenv("CODER_WORKSPACE_OWNER_NAME") + "/" + name
}
