package webhook_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// example is one event of GitHub's own examples (npm @octokit/webhooks-examples,
// which .ci/setup installs).
type example struct {
	Name     string
	Examples []json.RawMessage
}

func examples(t *testing.T) []example {
	t.Helper()
	tools := os.Getenv("SLOT_TEST_TOOLS")
	if tools == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		tools = filepath.Join(cache, "slot-test")
	}
	b, err := os.ReadFile(filepath.Join(tools, "npm/lib/node_modules/@octokit/webhooks-examples/api.github.com/index.json"))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("SLOT_TEST_STRICT") == "" {
		t.Skip("GitHub's example payloads are missing; .ci/setup github-payloads installs them")
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestReceive_TakesEveryExampleOfGitHub(t *testing.T) {
	d := open(t)
	if err := d.store.UpdateConfig(func(c *slot.Config) error {
		c.Slots["a"] = slot.SlotConfig{Repository: "https://github.com/codertocat/hello-world"}
		c.Slots["b"] = slot.SlotConfig{}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sent, pushes := 0, 0
	for _, event := range examples(t) {
		for i, payload := range event.Examples {
			for _, form := range []bool{false, true} {
				body, kind := string(payload), "application/json"
				if form {
					body, kind = url.Values{"payload": {body}}.Encode(), "application/x-www-form-urlencoded"
				}
				got := d.github(t, event.Name, body, "Content-Type", kind)
				if got.status != 200 && got.status != 202 {
					t.Errorf("example %d of %s (form: %v) answered %d: %s", i, event.Name, form, got.status, got)
				}
				if deploys := strings.Contains(got.String(), "a deploy"); deploys && event.Name != "push" {
					t.Errorf("example %d of %s deploys", i, event.Name)
				}
				sent++
			}
		}
		if event.Name == "push" {
			pushes += len(event.Examples)
		}
	}
	if sent < 600 || pushes < 4 {
		t.Errorf("only %d calls, %d examples of pushes: this test looks in the wrong place", sent, pushes)
	}
	for _, del := range d.store.Deliveries(0) {
		for _, p := range del.Pushes {
			t.Logf("%s %s %.7s %q by %s: %+v", p.Repository, p.Ref, p.After, p.Subject, p.Pusher, del.Decisions)
		}
	}
}
