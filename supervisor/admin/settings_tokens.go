package admin

import (
	"net/http"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// tokenCreate makes a token and shows its value, the only time.
func (a *Admin) tokenCreate(w http.ResponseWriter, r *http.Request, c caller) {
	name := strings.TrimSpace(r.FormValue("name"))
	made, err := a.keys.createToken(slot.AdminTokenRequest{Name: name})
	a.note(r, c, "token create", "", name, err)
	if err != nil {
		a.done(w, r, c, "/settings", "", err)
		return
	}
	v := a.settingsView()
	v.Value = made.Value
	a.page(w, r, c, "settings.html", "Settings", "settings", v)
}

// tokenRevoke ends a token.
func (a *Admin) tokenRevoke(w http.ResponseWriter, r *http.Request, c caller) {
	name := r.FormValue("name")
	err := a.keys.revokeToken(name)
	a.note(r, c, "token revoke", "", name, err)
	a.done(w, r, c, "/settings", "Token "+name+" opens nothing any more.", err)
}
