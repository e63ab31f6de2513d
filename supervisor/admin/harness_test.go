package admin_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/admin"
	"github.com/slot-paas/slot/supervisor/deploy"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/proxy"
	"github.com/slot-paas/slot/supervisor/store"
	"github.com/slot-paas/slot/supervisor/webhook"
)

// house is the admin of real rooms on a real port.
type house struct {
	t       *testing.T
	admin   *admin.Admin
	store   *store.Store
	engine  *deploy.Engine
	logs    map[slot.Name]*logs.Log
	webhook *webhook.Receiver
	url     string
	token   string
	alone   bool // the keeper is lost
}

func newHouse(t *testing.T, env ...string) *house {
	t.Helper()
	// The path of a hook's socket has 107 bytes at most: t.TempDir may be longer.
	home, err := os.MkdirTemp("", "slot-admin")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	h := &house{t: t, logs: map[slot.Name]*logs.Log{}}
	if h.store, err = store.Open(home); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	lay, fronts, quiet := h.store.Layout(), map[slot.Name]*proxy.Front{}, slog.New(slog.DiscardHandler)
	for i, n := range slot.Names() {
		if h.logs[n], err = logs.Open(lay.Logs(n), logs.Options{}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.logs[n].Close() })
		fronts[n] = proxy.NewFront(proxy.FrontOptions{Name: n, Port: 3001 + i, Log: quiet})
	}
	hooks, err := host.New(host.Options{
		LockFile: lay.HooksLock(), RunDir: lay.HookSockets(), CacheDir: lay.Cache(), TmpDir: lay.Tmp(), Log: quiet,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hooks.Close)
	h.engine = deploy.New(deploy.Options{
		Store: h.store, Hooks: hooks, Git: git.New(os.Environ()), Ports: process.NewPorts(20000, 29999),
		Fronts: fronts, Logs: h.logs,
		Port:    func(n slot.Name) int { return 3001 + n.Index() },
		URL:     func(slot.Name) string { return "http://127.0.0.1" },
		BaseEnv: func() []string { return nil },
		Machine: func() sandbox.Machine { return sandbox.Machine{} },
		Log:     quiet,
	})
	t.Cleanup(h.engine.Close)
	server := httptest.NewUnstartedServer(nil)
	h.url = "http://" + server.Listener.Addr().String()
	h.webhook = webhook.New(webhook.Options{
		Store: h.store, Submit: h.engine.Submit, Empty: h.engine.Empty, Follow: h.engine.Follow, Git: git.New(os.Environ()),
		Token: func() string { return "" }, Log: quiet,
	})
	t.Cleanup(h.webhook.Close)
	h.admin, err = admin.New(admin.Options{
		Webhook: h.webhook, WebhookURL: func() string { return h.url + "/webhook" },
		Engine: h.engine, Store: h.store, Logs: h.logs, Settings: settings.Settings{Home: home, AdminPort: 9000},
		Getenv: func(name string) string {
			for _, kv := range env {
				if v, ok := strings.CutPrefix(kv, name+"="); ok {
					return v
				}
			}
			return ""
		},
		Address: h.url, Version: "1.2.3", Log: quiet, KeeperLost: func() bool { return h.alone },
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = h.admin
	server.Start()
	t.Cleanup(func() { h.admin.Close(); server.Close() })
	made, err := h.admin.CreateToken(slot.AdminTokenRequest{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	h.token = made.Value
	return h
}

// browser is a client that keeps cookies and follows no redirect.
func (h *house) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// loggedIn is a browser with a session.
func (h *house) loggedIn() *http.Client {
	c := h.browser()
	if res, _ := h.send(c, "GET", "/login?token="+h.token, ""); res.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("the login answered %d", res.StatusCode)
	}
	return c
}

// send makes a request as a browser does: body is a form, headers are pairs.
func (h *house) send(c *http.Client, method, path, body string, headers ...string) (*http.Response, string) {
	h.t.Helper()
	req, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res, string(text)
}

// form encodes pairs.
func form(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}
