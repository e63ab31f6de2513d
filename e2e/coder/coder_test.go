package coder

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/slot-paas/slot/internal/coderlab"
)

// limit is for a machine that has much else to do; the story takes half a minute.
const limit = 8 * time.Minute

func TestAdmin_InABrowserThroughCodersProxy(t *testing.T) {
	if testing.Short() {
		t.Skip("a Coder server takes too long for -short")
	}
	modules, chromium := browser(t)
	lab := coderlab.Start(t)
	lab.Template(t, "slot", coderlab.LocalTemplate(), lab.Variables(t, coderlab.BuildSlot(t)))
	alice, bob := lab.User(t, "alice"), lab.User(t, "bob")
	ws := alice.Workspace(t, "slot", "my-apps", nil)

	out, err := filepath.Abs("../out/coder")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	story := exec.CommandContext(ctx, "node", "story.mjs")
	story.Env = append(os.Environ(), "E2E_OUT="+out, "E2E_MODULES="+modules, "CHROMIUM="+chromium,
		"E2E_CODER="+lab.URL(), "E2E_OWNER="+alice.Name, "E2E_OTHER="+bob.Name, "E2E_PASSWORD="+coderlab.Password,
		"E2E_ADMIN=http://"+ws.Host("admin"), "E2E_SLOT_A=http://"+ws.Host("a"), "E2E_WEBHOOK=http://"+ws.Host("webhook"),
		"E2E_APP="+filepath.Join(ws.Machine(), "home", "app"), "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	told, err := story.CombinedOutput()
	t.Logf("\n%s", told)
	if err != nil {
		t.Fatalf("the story ended with %v; pictures are in %s", err, out)
	}
}

// browser finds what drives a browser, and the browser. Without them the test
// is skipped, or fails where SLOT_TEST_STRICT is set.
func browser(t *testing.T) (modules, chromium string) {
	t.Helper()
	tools := os.Getenv("SLOT_TEST_TOOLS")
	if cache, err := os.UserCacheDir(); tools == "" && err == nil {
		tools = filepath.Join(cache, "slot-test")
	}
	modules = filepath.Join(tools, "npm", "lib", "node_modules")
	_, err := os.Stat(filepath.Join(modules, "playwright-core"))
	if err == nil {
		chromium, err = exec.LookPath("chromium")
	}
	if err != nil && os.Getenv("SLOT_TEST_STRICT") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return modules, chromium
}
