package admin

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/slot-paas/slot/slot"
)

type loginView struct {
	Next  string
	Error string
}

// login shows the form, or takes the key of a link: ?link= once, ?token= the
// long-lived one behind Coder's button. Either leaves the address at once.
func (a *Admin) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	key := q.Get("token") + q.Get("link")
	if key == "" {
		if _, ok := a.identify(r); ok {
			http.Redirect(w, r, homePage, http.StatusSeeOther)
			return
		}
		a.render(w, r, http.StatusOK, "login.html", loginView{Next: q.Get("next")})
		return
	}
	a.open(w, r, key, q.Get("next"))
}

// loginPost takes a token from the form.
func (a *Admin) loginPost(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	a.open(w, r, strings.TrimSpace(r.PostFormValue("token")), r.PostFormValue("next"))
}

// open begins a session.
func (a *Admin) open(w http.ResponseWriter, r *http.Request, key, next string) {
	session, who, err := a.keys.login(key)
	if err != nil {
		status := http.StatusForbidden
		if a.limiter.allow() {
			a.audit.add(r, slot.AuditEntry{Action: "login", Error: err.Error()})
		} else {
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", "60")
		}
		a.render(w, r, status, "login.html", loginView{Next: next, Error: "That did not open the door: " + err.Error() + "."})
		return
	}
	a.audit.add(r, slot.AuditEntry{Who: who, Action: "login"})
	setSession(w, r, session)
	http.Redirect(w, r, inside(next), http.StatusSeeOther)
}

// inside returns next where it is a page of the admin, else the first page.
func inside(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(next, "/login") {
		return homePage
	}
	return next
}

// logout ends the session.
func (a *Admin) logout(w http.ResponseWriter, r *http.Request, c caller) {
	if c.session != "" {
		if err := a.keys.logout(c.session); err != nil {
			a.fail(w, err, 0)
			return
		}
	}
	a.audit.add(r, slot.AuditEntry{Who: c.who, Action: "logout"})
	setSession(w, r, "")
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}
