package coderlab_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coderlab"
)

// The story of a student: a workspace by the README's command, an app and a
// database in it, a new address. One lab for all of it; the parts build on
// each other. What the commands do about Coder otherwise is TestCoder's, in
// commands.
func TestStory(t *testing.T) {
	lab := coderlab.Start(t)
	programs := coderlab.BuildSlot(t)
	lab.Template(t, "slot", coderlab.LocalTemplate(), lab.Variables(t, programs))
	alice, bob := lab.User(t, "alice"), lab.User(t, "bob")
	readme(t, lab, alice, "coder create my-apps ")
	ws := alice.Find(t, "my-apps")
	app := writeApp(t, ws)

	step(t, "an empty slot shows its page to the owner only", func(t *testing.T) {
		if a := ws.Get(t, "a", "/", alice); a.Status != http.StatusOK || !strings.Contains(a.Body, "slot deploy a") {
			t.Errorf("the owner got %d %s", a.Status, a.Body)
		}
		if a := ws.Get(t, "a", "/", bob); a.Status != http.StatusNotFound {
			t.Errorf("somebody else got %d", a.Status)
		}
		if a := ws.Get(t, "a", "/", nil); a.Status != http.StatusSeeOther {
			t.Errorf("a stranger got %d", a.Status)
		}
	})

	step(t, "slot deploy in the agent serves the app at its subdomain", func(t *testing.T) {
		ws.Run(t, "slot", "deploy", "a", app)
		if a := ws.Get(t, "a", "/", alice); !servesApp(a) {
			t.Errorf("got %d %s", a.Status, a.Body)
		}
	})
	step(t, "a database is switched on", func(t *testing.T) {
		ws.Run(t, "slot", "db", "enable")
		ws.Run(t, `slot db psql -- -c 'create table kept (n int)' -c 'insert into kept values (42)'`)
	})
	t.Run("the buttons of the dashboard", func(t *testing.T) { testButtons(t, ws) })
	t.Run("the admin opens with one click", func(t *testing.T) { testAdmin(t, lab, ws) })
	t.Run("the webhook is public", func(t *testing.T) { testWebhook(t, lab, ws) })
	t.Run("secrets stay with the owner", func(t *testing.T) { testSecrets(t, ws) })
	step(t, "slot subdomain brings the app to its new address, with no build of it", func(t *testing.T) {
		testSubdomain(t, filepath.Join(programs, "slot"), ws, "a", "blog")
	})
	t.Run("the database has come along", func(t *testing.T) {
		if out := ws.Run(t, `slot db psql -- -Atc 'select n from kept'`); strings.TrimSpace(out) != "42" {
			t.Errorf("got %q", out)
		}
	})
	t.Run("the dashboard shows what the slot runs", func(t *testing.T) { testMetadata(t, ws) })
	step(t, "a change from inside the workspace", func(t *testing.T) { testFromInside(t, ws) })
	t.Run("the server refuses", func(t *testing.T) { testRefusals(t, lab, ws) })
	step(t, "mistakes that the server takes", func(t *testing.T) { testAccepted(t, ws) })
	step(t, "a build that runs", func(t *testing.T) { testRunningBuild(t, ws) })
	t.Run("the other templates are pushed", func(t *testing.T) {
		readme(t, lab, lab.Admin, "tar -ch -C coder/docker ")
		lab.Template(t, "kubernetes", "../../coder", map[string]string{"namespace": "coder", "image": "slot-workspace"}, for113...)
	})
}

// step runs a part of a story, without which the rest makes no sense.
func step(t *testing.T, name string, part func(*testing.T)) {
	t.Helper()
	if !t.Run(name, part) {
		t.FailNow()
	}
}

// writeApp puts a small app into the workspace's home.
func writeApp(t *testing.T, ws *coderlab.Workspace) string {
	t.Helper()
	dir := filepath.Join(ws.Machine(), "home", "app")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"Procfile": "web: exec node web.js\n",
		"web.js":   "require('http').createServer((q, s) => s.end('a page of the app')).listen(process.env.PORT)\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// servesApp reports whether it is a page of writeApp's.
func servesApp(a coderlab.Answer) bool {
	return a.Status == http.StatusOK && strings.Contains(a.Body, "a page of the app")
}

type deployment struct {
	Action  string `json:"action"`
	Release int    `json:"release"`
}

func history(t *testing.T, ws *coderlab.Workspace) (all []deployment) {
	t.Helper()
	if err := json.Unmarshal([]byte(ws.Run(t, "slot", "history", "a", "--json")), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// sameRelease reports a slot that was brought back by more than a start.
func sameRelease(t *testing.T, before, after []deployment) {
	t.Helper()
	for _, d := range after[:len(after)-len(before)] {
		if d.Action != "start" || d.Release != before[0].Release {
			t.Errorf("the slot was brought back by %s of release %d, not %d", d.Action, d.Release, before[0].Release)
		}
	}
}
