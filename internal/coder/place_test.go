package coder_test

import (
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coder"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if v, ok := strings.CutPrefix(p, name+"="); ok {
				return v
			}
		}
		return ""
	}
}

func inside(proxy string) func(string) string {
	return env("CODER_WORKSPACE_OWNER_NAME=ada", "CODER_WORKSPACE_NAME=ws", "CODER_WORKSPACE_AGENT_NAME=main", "VSCODE_PROXY_URI="+proxy)
}

func TestPlace_FromTheEnvironment(t *testing.T) {
	for name, c := range map[string]struct{ proxy, url, port, label string }{
		"a wildcard host":       {"https://{{port}}--main--ws--ada.coder.example.com", "https://blog--ws--ada.coder.example.com", "https://3001--main--ws--ada.coder.example.com", "blog--ws--ada"},
		"with a port":           {"http://{{port}}--main--ws--ada.apps.localhost:7080/", "http://blog--ws--ada.apps.localhost:7080", "http://3001--main--ws--ada.apps.localhost:7080", "blog--ws--ada"},
		"a suffix in the label": {"https://{{port}}--main--ws--ada-apps.example.com", "https://blog--ws--ada-apps.example.com", "https://3001--main--ws--ada-apps.example.com", "blog--ws--ada-apps"},
		"no wildcard":           {"", "", "", "blog--ws--ada"},
		"an editor's proxy":     {"./proxy/{{port}}", "", "", "blog--ws--ada"},
		"of another workspace":  {"https://{{port}}--main--other--ada.coder.example.com", "", "", "blog--ws--ada"},
	} {
		p := coder.FromEnv(inside(c.proxy))
		if got := p.URL("blog"); got != c.url {
			t.Errorf("%s: address %q, want %q", name, got, c.url)
		}
		if got := p.PortURL(3001); got != c.port {
			t.Errorf("%s: port's address %q, want %q", name, got, c.port)
		}
		if got := p.Label("blog"); got != c.label {
			t.Errorf("%s: label %q, want %q", name, got, c.label)
		}
		if p.Wildcard() != (c.url != "") || !p.Inside() || p.URL("") != "" || p.Label("") != "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestPlace_IsOutsideWithoutAWorkspace(t *testing.T) {
	p := coder.FromEnv(env("VSCODE_PROXY_URI=https://{{port}}--main--ws--ada.coder.example.com", "CODER=true"))
	if p.Inside() || p.Wildcard() || p.URL("blog") != "" || p.Label("blog") != "" {
		t.Fatalf("got %+v", p)
	}
}

func TestPlace_FromTheServer(t *testing.T) {
	for name, c := range map[string]struct{ server, host, want string }{
		"the server's port": {"http://127.0.0.1:7080", "*.apps.localhost", "http://blog--ws--ada.apps.localhost:7080"},
		"a port of its own": {"http://127.0.0.1:7080", "*.apps.localhost:81", "http://blog--ws--ada.apps.localhost:81"},
		"https":             {"https://coder.example.com", "*.coder.example.com", "https://blog--ws--ada.coder.example.com"},
		"no wildcard":       {"https://coder.example.com", "", ""},
	} {
		if got := coder.FromServer(c.server, c.host, "ada", "ws", "main").URL("blog"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestPlace_RoomFillsTheLabel(t *testing.T) {
	p := coder.FromEnv(inside("https://{{port}}--main--ws--ada-apps.example.com"))
	slug := strings.Repeat("x", p.Room())
	if got := len(p.Label(slug)); got != coder.MaxLabel {
		t.Fatalf("a label of %d characters", got)
	}
}
