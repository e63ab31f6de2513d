package proxy

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
)

// The cookies of slot's own admin pages, and of the door before pgAdmin.
// Browsers send them to the slots too where they share a host name: cookies
// know no ports.
const (
	sessionCookie = "slot_session"
	pgAdminCookie = "slot_pgadmin"
)

// coderToken is the query parameter with which Coder takes a session token.
const coderToken = "coder_session_token"

// rewrite makes the request for the app. The host stays the outer one, and
// X-Forwarded-* is kept and appended to when the peer is on this machine, as
// Coder's agent and local proxies are; from others it is made anew.
func rewrite(r *httputil.ProxyRequest, address string) {
	r.Out.URL.Scheme = "http"
	r.Out.URL.Host = address
	r.Out.Host = r.In.Host
	r.Out.URL.RawQuery = withoutToken(r.In.URL.RawQuery) // "a=1;b=2" included, which Out lacks
	peer, _, _ := net.SplitHostPort(r.In.RemoteAddr)     // empty when there is none
	forward(r.Out.Header, r.In.Header, peer, fromThisMachine(r.In), r.In.Host)
	strip(r.Out.Header)
}

// forward sets X-Forwarded-*. in is the header as it came, and may be h.
func forward(h, in http.Header, peer string, trusted bool, host string) {
	chain, proto, outer := []string{peer}, []string{"http"}, []string{host}
	if trusted {
		if prior := in["X-Forwarded-For"]; len(prior) > 0 {
			chain[0] = strings.Join(prior, ", ") + ", " + peer
		}
		if v := in["X-Forwarded-Proto"]; len(v) > 0 {
			proto = v
		}
		if v := in["X-Forwarded-Host"]; len(v) > 0 {
			outer = v
		}
	}
	delete(h, "Forwarded")
	delete(h, "X-Forwarded-For")
	if peer != "" {
		h["X-Forwarded-For"] = chain
	}
	h["X-Forwarded-Proto"], h["X-Forwarded-Host"] = proto, outer
}

// strip removes what is Coder's and slot's own.
func strip(h http.Header) {
	for name := range h {
		if name == "Coder-Session-Token" || strings.HasPrefix(name, "X-Coder-") {
			delete(h, name)
		}
	}
	dropOwnCookies(h)
}

func fromThisMachine(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && onThisMachine(peer)
}

// outerURL returns the address under which the client knows the slot.
func outerURL(r *http.Request) string {
	scheme, host := "http", r.Host
	if fromThisMachine(r) {
		if r.Header.Get("X-Forwarded-Proto") == "https" {
			scheme = "https"
		}
		if h := r.Header.Get("X-Forwarded-Host"); h != "" {
			host = h
		}
	}
	return scheme + "://" + host
}

// own reports whether a cookie belongs to Coder or to slot.
func own(cookie string) bool {
	name, _, _ := strings.Cut(cookie, "=")
	name = strings.TrimSpace(name)
	name = strings.TrimPrefix(name, "__Host-")
	name = strings.TrimPrefix(name, "__Secure-")
	return name == sessionCookie || name == pgAdminCookie || strings.HasPrefix(name, "coder_")
}

// dropOwnCookies removes own cookies from a request and keeps the others byte
// for byte.
func dropOwnCookies(h http.Header) {
	lines := h["Cookie"]
	if len(lines) == 0 {
		return
	}
	var kept []string
	for _, line := range lines {
		if strings.Contains(line, "coder_") || strings.Contains(line, sessionCookie) || strings.Contains(line, pgAdminCookie) {
			line = without(line, ";", own)
		}
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	if kept == nil {
		delete(h, "Cookie")
		return
	}
	h["Cookie"] = kept
}

// dropOwnSetCookies keeps an app from planting a session of Coder's or of the
// admin in the browser.
func dropOwnSetCookies(h http.Header) {
	lines := h["Set-Cookie"]
	if len(lines) == 0 {
		return
	}
	var kept []string
	for _, line := range lines {
		if !own(line) {
			kept = append(kept, line)
		}
	}
	if kept == nil {
		delete(h, "Set-Cookie")
		return
	}
	h["Set-Cookie"] = kept
}

// withoutToken returns a raw query without Coder's token, whatever its
// spelling, and otherwise as it was.
func withoutToken(query string) string {
	if !strings.Contains(query, coderToken) && !strings.Contains(query, "%") {
		return query
	}
	return without(query, "&", func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		return err == nil && name == coderToken
	})
}

// without returns s without the parts that drop wants gone.
func without(s, separator string, drop func(string) bool) string {
	var kept []string
	dropped := false
	for part := range strings.SplitSeq(s, separator) {
		if drop(part) {
			dropped = true
		} else {
			kept = append(kept, part)
		}
	}
	if !dropped {
		return s
	}
	return strings.Join(kept, separator)
}
