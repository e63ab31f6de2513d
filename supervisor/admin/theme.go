package admin

import (
	"net/http"
	"time"
)

const themeCookie = "slot_theme"

// theme is what the person chose; "" goes by the system.
func theme(r *http.Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

// setTheme remembers the choice in the browser: light, dark, or the system's.
func (a *Admin) setTheme(w http.ResponseWriter, r *http.Request, _ caller) {
	choice := r.FormValue("theme")
	c := &http.Cookie{Name: themeCookie, Value: choice, Path: "/", HttpOnly: true, Secure: secure(r),
		SameSite: http.SameSiteStrictMode, MaxAge: int((365 * 24 * time.Hour).Seconds())}
	if choice != "light" && choice != "dark" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, backTo(r, homePage), http.StatusSeeOther)
}
