package admin

import "net/http"

// contentSecurityPolicy allows the admin's own files and nothing else: no
// inline script or style, no frame around it, no form that leads elsewhere.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers sets what every answer has.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// isolate refuses what a page of another origin asks for, reading too, unless
// it is a person who follows a link. Cookies know no ports: to the browser the
// apps on 3001 to 3005 are the same site as the admin, so SameSite does not
// keep them out. A client without these headers is no browser, or an old one:
// it is left to the session and http.CrossOriginProtection.
func isolate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site, mode := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Mode")
		visit := mode == "navigate" && r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Dest") == "document"
		if site != "" && site != "same-origin" && site != "none" && !visit {
			http.Error(w, "The admin answers its own pages only.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
