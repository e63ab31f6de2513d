package admin

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// hosts are the names under which the admin answers. Any other is refused: a
// page of somebody else's whose name was made to lead to this machine (DNS
// rebinding) must not be served as ours.
type hosts struct {
	names    []string // whole
	suffixes []string // with the dot or the dashes that they begin with
}

// newHosts allows the names of this machine, the host of Coder's app proxy
// for this workspace, and what the owner names. proxyURI is VSCODE_PROXY_URI,
// such as https://{{port}}--dev--shop--ada.apps.example.com.
func newHosts(proxyURI string, own []string) hosts {
	h := hosts{names: append([]string{"localhost", "127.0.0.1", "::1"}, own...)}
	u, err := url.Parse(strings.NewReplacer("{{port}}", "0", "{{host}}", "0").Replace(proxyURI))
	if err != nil || u.Hostname() == "" {
		return h
	}
	label, domain, ok := strings.Cut(strings.ToLower(u.Hostname()), ".")
	if !ok || !strings.Contains(proxyURI, "{{port}}") || strings.Contains(u.Path, "0") && !strings.HasPrefix(label, "0") {
		h.names = append(h.names, strings.ToLower(u.Hostname())) // apps below a path
		return h
	}
	if parts := strings.Split(label, "--"); len(parts) >= 3 {
		// An app's host is SLUG--WORKSPACE--OWNER or SLUG--AGENT--WORKSPACE--OWNER.
		h.suffixes = append(h.suffixes, "--"+strings.Join(parts[len(parts)-2:], "--")+"."+domain)
		return h
	}
	h.suffixes = append(h.suffixes, "."+domain)
	return h
}

func (h hosts) allow(host string) bool {
	name := host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		name = bare
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	for _, n := range h.names {
		if name == n {
			return true
		}
	}
	for _, s := range h.suffixes {
		if strings.HasSuffix(name, s) && len(name) > len(s) && !strings.Contains(strings.TrimSuffix(name, s), ".") {
			return true
		}
	}
	return false
}

// guard refuses requests for other hosts. The variable is read each time: a
// new build of the workspace changes it while the daemon runs.
func (a *Admin) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !newHosts(a.Getenv("VSCODE_PROXY_URI"), a.Settings.AdminHosts).allow(r.Host) {
			http.Error(w, "This is slot's admin, which does not answer under this name. Open it as http://127.0.0.1:PORT, "+
				"through Coder, or set SLOT_ADMIN_HOSTS.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
