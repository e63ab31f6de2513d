package admin

import (
	"context"
	"net/http"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

const hooksPage = "/settings/hooks"

// Hooks is what the pages need of the host of the build hooks.
type Hooks interface {
	List(context.Context) []host.Info
	Trust(ctx context.Context, name, sum string) (host.Info, error)
	Untrust(name string) error
}

// hookRow is a hook and the slots whose live release it built, or that name it.
type hookRow struct {
	host.Info
	Slots []slot.Name
}

// hookSettings shows the hooks.
func (a *Admin) hookSettings(w http.ResponseWriter, r *http.Request, c caller) {
	users, cfg := map[string][]slot.Name{}, a.Store.Config()
	for _, n := range slot.Names() {
		name := cfg.Slots[n].Hook
		if rel, err := a.Store.Release(n, a.Store.State(n).Release); err == nil && name == "" {
			name = rel.Hook
		}
		users[name] = append(users[name], n)
	}
	var rows []hookRow
	if a.Hooks != nil {
		for _, info := range a.Hooks.List(r.Context()) {
			row := hookRow{Info: info}
			if info.Active {
				row.Slots = users[info.Name]
			}
			rows = append(rows, row)
		}
	}
	a.page(w, r, c, "settings_hooks.html", "Hooks", "settings", rows)
}

// hookTrust lets a hook run as it is now; the form has the checksum that its
// page showed.
func (a *Admin) hookTrust(w http.ResponseWriter, r *http.Request, c caller) {
	name, sum := r.FormValue("name"), r.FormValue("sha256")
	var err error
	switch {
	case a.Hooks == nil:
		err = badForm("there are no hooks")
	case sum == "":
		err = badForm("the checksum of what is trusted is missing")
	default:
		_, err = a.Hooks.Trust(r.Context(), name, sum)
	}
	a.note(r, c, "hook trust", "", name+" "+sum, err)
	a.done(w, r, c, hooksPage, "Hook "+name+" is trusted as it is now.", err)
}

// hookUntrust takes the trust back.
func (a *Admin) hookUntrust(w http.ResponseWriter, r *http.Request, c caller) {
	name := r.FormValue("name")
	err := badForm("there are no hooks")
	if a.Hooks != nil {
		err = a.Hooks.Untrust(name)
	}
	a.note(r, c, "hook untrust", "", name, err)
	a.done(w, r, c, hooksPage, "Hook "+name+" runs no more.", err)
}
