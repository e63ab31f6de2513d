package commands_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/internal/coderlab"
)

func coderChange(t *testing.T, b *coderBench) {
	r := b.slot(t, 0, "params", "set", "SLOT_A_SUBDOMAIN=blog", "SLOT_B_SUBDOMAIN=shop", "--yes", "--json")
	r.says(t, "Planning infrastructure", "Apply complete!", "read back, every value is as wanted",
		"http://"+b.ws.Host("blog")+"  answers after a login to Coder")
	var out struct {
		Changes []struct{ Name, From, To string }
		Build   struct{ State string }
		Known   bool
	}
	if err := json.Unmarshal([]byte(r.out), &out); err != nil || len(out.Changes) != 2 || out.Build.State != "succeeded" || !out.Known {
		t.Errorf("%v: %s", err, r.out)
	}
	if apps := b.ws.Latest(t).Apps(); apps["blog"].Name != "Slot A" || apps["shop"].Name != "Slot B" {
		t.Errorf("the apps are %v", apps)
	}
	b.slot(t, 0, "params", "status").says(t, "ended well", "SLOT_A_SUBDOMAIN  a → blog")
	// Two slots may change their names with each other.
	b.slot(t, 0, "params", "set", "SLOT_A_SUBDOMAIN=shop", "SLOT_B_SUBDOMAIN=blog", "--yes")
	b.ws.Ready(t)
}

// The app that runs in the slot is back at the new address, not built again,
// and knows its address; the old one is gone.
func coderApp(t *testing.T, b *coderBench) {
	alice := b.ws.Owner
	dir := filepath.Join(b.ws.Machine(), "home", "app")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"Procfile": "web: exec node web.js\n",
		"web.js":   "require('http').createServer((q, s) => s.end('at ' + process.env.SLOT_URL)).listen(process.env.PORT)\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at := func(slug string) func(coderlab.Answer) bool {
		return func(a coderlab.Answer) bool { return a.Body == "at http://"+b.ws.Host(slug) }
	}
	if out := b.ws.Run(t, "slot", "deploy", "a", dir); !strings.HasSuffix(strings.TrimSpace(out), "http://"+b.ws.Host("shop")) {
		t.Errorf("slot deploy printed %q", out)
	}
	b.ws.AwaitApp(t, "shop", "/", alice, at("shop"))
	if out := b.ws.Run(t, "slot", "url", "a"); strings.TrimSpace(out) != "http://"+b.ws.Host("shop") {
		t.Errorf("slot url printed %q", out)
	}
	b.slot(t, 0, "subdomain", "a", "news", "--yes")
	b.ws.AwaitApp(t, "news", "/", alice, at("news"))
	if a := b.ws.Get(t, "shop", "/", alice); a.Status != http.StatusNotFound {
		t.Errorf("the old address answers %d", a.Status)
	}
	b.ws.Ready(t)
	if got := b.ws.Run(t, "slot", "config", "get", "a.subdomain"); strings.TrimSpace(got) != "news" {
		t.Errorf("slots.json has %q", got)
	}
	var history []struct{ Action string }
	if err := json.Unmarshal([]byte(b.ws.Run(t, "slot", "history", "a", "--json")), &history); err != nil {
		t.Fatal(err)
	}
	builds := 0
	for _, d := range history {
		if d.Action == "deploy" {
			builds++
		}
	}
	if builds != 1 {
		t.Errorf("the app was built %d times", builds)
	}
	if line := b.ws.Run(t, "slot", "report", "a"); !strings.HasPrefix(line, "live · app · ") {
		t.Errorf("slot report printed %q", line)
	}
	awaitAppStatus(t, b, "news", "live · app")
}

// awaitAppStatus waits for what the dashboard shows of an app.
func awaitAppStatus(t *testing.T, b *coderBench, slug, message string) {
	t.Helper()
	var got struct {
		Status *struct {
			State, Message, URI string
		} `json:"latest_app_status"`
	}
	b.ws.AwaitApp(t, slug, "/", b.ws.Owner, func(coderlab.Answer) bool {
		err := b.ws.Owner.Call(t.Context(), "GET", "/workspaces/"+b.ws.ID, nil, &got)
		return err == nil && got.Status != nil && got.Status.Message == message
	})
	if got.Status.State != "complete" || got.Status.URI != "http://"+b.ws.Host(slug) {
		t.Errorf("the dashboard shows %+v", *got.Status)
	}
}

// The build ends the program that asked for it, with the machine it ran on: the
// next session there tells how it ended.
func coderInside(t *testing.T, b *coderBench) {
	env := "CODER_SESSION_TOKEN=" + b.ws.Owner.Token
	if out := b.ws.Run(t, "env", env, "slot", "params"); !strings.Contains(out, "news") {
		t.Errorf("slot params printed %q", out)
	}
	if r := b.ws.Exec(t, "env", env, "slot", "subdomain", "a", "daily", "--yes"); r.Code == 0 {
		t.Logf("the program inside lived on: %s", r.Err)
	}
	b.ws.AwaitApp(t, "daily", "/", b.ws.Owner, func(a coderlab.Answer) bool { return a.Status == http.StatusOK })
	b.ws.Ready(t)
	if out := b.ws.Run(t, "env", env, "slot", "params", "status"); !strings.Contains(out, "ended well") || !strings.Contains(out, "news → daily") {
		t.Errorf("slot params status printed %q", out)
	}
}

// All in one go: the app is deployed first, as the build for its subdomain ends
// the machine it runs on.
func coderSetup(t *testing.T, b *coderBench) {
	env := "CODER_SESSION_TOKEN=" + b.ws.Owner.Token
	dir := filepath.Join(b.ws.Machine(), "home", "pages")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("pages"), 0o644); err != nil {
		t.Fatal(err)
	}
	setup := []string{"env", env, "slot", "setup", "--slot", "c=" + dir, "--subdomain", "c=pages"}
	if r := b.ws.Exec(t, append(setup, "--dry-run")...); r.Code != 0 || !strings.Contains(r.Out+r.Err, "pages") {
		t.Errorf("a dry run: %d\n%s%s", r.Code, r.Out, r.Err)
	}
	before := b.ws.Latest(t).Number
	if r := b.ws.Exec(t, append(setup[:len(setup)-1], "c=daily", "--yes")...); r.Code == 0 || b.ws.Latest(t).Number != before {
		t.Errorf("the subdomain of another slot: %d\n%s%s", r.Code, r.Out, r.Err)
	}
	setup = []string{"env", env, "slot", "setup", "--slot", "c=" + dir, "--subdomain", "c=pages", "--yes"}
	if r := b.ws.Exec(t, setup...); r.Code == 0 {
		t.Logf("the program inside lived on: %s", r.Err)
	}
	b.ws.AwaitApp(t, "pages", "/", b.ws.Owner, func(a coderlab.Answer) bool { return a.Body == "pages" })
	b.ws.Ready(t)
	if got := b.ws.Run(t, "slot", "config", "get", "c.subdomain"); strings.TrimSpace(got) != "pages" {
		t.Errorf("slots.json has %q", got)
	}
}

// A token that stops being valid in mid build says nothing of the build. One
// that takes its place is used.
func coderToken(t *testing.T, b *coderBench) {
	alice, dir := b.ws.Owner, t.TempDir()
	keep := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	revoked := func(env []string, then func()) typed {
		key, env := newToken(t, alice), append([]string{"HOME=" + dir}, env...)
		keep("session", key)
		if len(env) > 2 {
			env[len(env)-1] += key
		}
		before, gone := b.ws.Latest(t).Number, make(chan struct{})
		go func() {
			defer close(gone)
			for b.ws.Latest(t).Number == before {
				time.Sleep(20 * time.Millisecond)
			}
			id, _, _ := strings.Cut(key, "-")
			if err := alice.Call(t.Context(), "DELETE", "/users/me/keys/"+id, nil, nil); err != nil {
				t.Error(err)
			}
			then()
		}()
		r := b.typeIn(t, env, "params", "set", "SLOT_D_SUBDOMAIN="+strings.ToLower(key[:8]), "BUILD_SECONDS=2", "--yes", "--json", "--workspace", "ws")
		<-gone
		b.ws.Await(t, b.ws.Latest(t).ID)
		b.ws.Ready(t)
		return r
	}
	keep("url", b.lab.URL())
	r := revoked([]string{"CODER_URL=" + b.lab.URL(), "CODER_SESSION_TOKEN="}, func() {})
	r.wants(t, 0, "How it ended is not known yet", `"known": false`)
	b.slot(t, 0, "params", "status").says(t, "ended well")
	r = revoked([]string{"CODER_CONFIG_DIR=" + dir}, func() { keep("session", alice.Token) })
	r.wants(t, 0, "every value is as wanted", `"known": true`)
}

// newToken is a token of somebody's that can be revoked by itself.
func newToken(t *testing.T, u *coderlab.User) string {
	t.Helper()
	var made struct{ Key string }
	if err := u.Call(t.Context(), "POST", "/users/me/keys/tokens", map[string]any{"lifetime": int64(time.Hour), "token_name": strings.ToLower(t.Name()[:4]) + time.Now().Format("150405")}, &made); err != nil {
		t.Fatal(err)
	}
	return made.Key
}

func coderBusy(t *testing.T, b *coderBench) {
	build, err := b.ws.Start(t.Context(), map[string]string{"BUILD_SECONDS": "3"})
	if err != nil {
		t.Fatal(err)
	}
	b.slot(t, 7, "params", "set", "SLOT_C_SUBDOMAIN=third", "--yes").says(t, "a build of the workspace is under way")
	b.ws.Await(t, build.ID)
	b.ws.Ready(t)
	b.slot(t, 0, "params", "set", "BUILD_SECONDS=2", "--yes", "--no-wait").says(t, "is queued")
	b.slot(t, 0, "params", "status").says(t, "build")
	b.ws.Await(t, b.ws.Latest(t).ID)
	b.ws.Ready(t)
	b.slot(t, 0, "params", "status").says(t, "ended well", "BUILD_SECONDS  3 → 2")
}

func coderFailed(t *testing.T, b *coderBench) {
	r := b.slot(t, 1, "params", "set", "FAIL_BUILD=true", "BUILD_SECONDS=0", "--yes")
	r.says(t, "failed", "FAIL_BUILD is true: this build fails, as asked", "away until a build succeeds",
		"try: slot params set FAIL_BUILD=false BUILD_SECONDS=2 --workspace alice/ws")
	b.slot(t, 1, "params", "status").says(t, "did not end well")
	b.slot(t, 0, "params", "set", "FAIL_BUILD=false", "BUILD_SECONDS=0", "--yes")
	b.ws.AwaitApp(t, "daily", "/", b.ws.Owner, func(a coderlab.Answer) bool { return a.Status == http.StatusOK })
	b.ws.Ready(t)
}

// The server is killed in mid build and comes back: what was begun is known
// all the time.
func coderLost(t *testing.T, b *coderBench) {
	b.slot(t, 0, "params", "set", "BUILD_SECONDS=3", "--yes", "--no-wait")
	b.lab.StopServer(t)
	b.slot(t, 3, "params", "status").says(t, "no answer from "+b.lab.URL())
	b.lab.StartServer(b.all) // it ends with all parts
	b.slot(t, 0, "params", "status").says(t, "build")
}

func coderStopped(t *testing.T, b *coderBench) {
	b.ws.Stop(t)
	b.slot(t, 0, "params", "set", "SLOT_A_SUBDOMAIN=back", "BUILD_SECONDS=0", "--dry-run").says(t, "is not running")
	b.slot(t, 0, "params", "set", "SLOT_A_SUBDOMAIN=back", "BUILD_SECONDS=0", "--yes").says(t, "every value is as wanted")
	b.ws.AwaitApp(t, "back", "/", b.ws.Owner, func(a coderlab.Answer) bool { return a.Status == http.StatusOK })
}
