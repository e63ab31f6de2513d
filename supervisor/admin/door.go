package admin

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// cookieName is known to package proxy, which keeps the cookie from the apps.
const cookieName = "slot_session"

// caller is who makes a request.
type caller struct {
	who     string // name of the token, or linkName
	session string // of a browser; "" for a script with a bearer token
	key     string // hash of the session or the token
}

// handler answers a request of somebody who may.
type handler func(w http.ResponseWriter, r *http.Request, c caller)

// private lets in those with a session or a token. Others get the login page
// where a person looks at a page, else 401.
func (a *Admin) private(next handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, ok := a.identify(r)
		switch {
		case ok:
			next(w, r, c)
		case !asksForPage(r):
			w.Header().Set("WWW-Authenticate", `Bearer realm="slot"`)
			a.fail(w, slot.E(slot.KindRefused, "slot open admin gives a link for the browser, slot token create NAME a token for scripts",
				errors.New("this needs a session or a token")), http.StatusUnauthorized)
		case fromElsewhere(r):
			a.bounce(w, r)
		default:
			a.render(w, r, http.StatusUnauthorized, "login.html", loginView{Next: r.URL.RequestURI()})
		}
	})
}

// identify finds out who asks.
func (a *Admin) identify(r *http.Request) (caller, bool) {
	if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		who, ok := a.keys.bearer(key)
		if !ok && a.limiter.allow() {
			a.audit.add(r, slot.AuditEntry{Action: "token", Error: errNoKey.Error()})
		}
		return caller{who: who, key: hashOf(key)}, ok
	}
	c, err := r.Cookie(sessionCookie(r))
	if err != nil {
		return caller{}, false
	}
	who, ok := a.keys.session(c.Value)
	return caller{who: who, session: c.Value, key: hashOf(c.Value)}, ok
}

// asksForPage reports whether a person looks at a page.
func asksForPage(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(r.URL.Path, "/api/")
}

// fromElsewhere reports whether the person came by a link on another site: the
// browser then withholds a cookie that is SameSite=Strict.
func fromElsewhere(r *http.Request) bool { return r.Header.Get("Sec-Fetch-Site") == "cross-site" }

// bounce makes the browser ask again by itself, which it does with the cookie.
func (a *Admin) bounce(w http.ResponseWriter, r *http.Request) {
	a.render(w, r, http.StatusOK, "bounce.html", r.URL.RequestURI())
}

// secure reports whether the browser came by https. The listener is on the
// loopback address, so what forwards to it is trusted.
func secure(r *http.Request) bool {
	return r.TLS != nil && r.TLS.Version >= tls.VersionTLS12 || r.Header.Get("X-Forwarded-Proto") == "https"
}

// sessionCookie is the cookie's name. __Host- makes browsers take it from this
// very host only; they do so over https alone.
func sessionCookie(r *http.Request) string {
	if secure(r) {
		return "__Host-" + cookieName
	}
	return cookieName
}

// setSession gives the browser its session; an empty one takes it away.
func setSession(w http.ResponseWriter, r *http.Request, session string) {
	c := &http.Cookie{
		Name: sessionCookie(r), Value: session, Path: "/",
		HttpOnly: true, Secure: secure(r), SameSite: http.SameSiteStrictMode,
		MaxAge: int(sessionLife.Seconds()),
	}
	if session == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// from is where a request came from, for the audit: behind a proxy the
// address that it names, which nobody vouches for.
func from(r *http.Request) string {
	if f := r.Header.Get("X-Forwarded-For"); f != "" {
		first, _, _ := strings.Cut(f, ",")
		if addr, err := netip.ParseAddr(strings.TrimSpace(first)); err == nil {
			return addr.String()
		}
	}
	if addr, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return addr.Addr().Unmap().String()
	}
	return ""
}

// detached is for what a request begins and does not wait for.
func detached(r *http.Request) context.Context { return context.WithoutCancel(r.Context()) }
