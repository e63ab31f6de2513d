package coderlab_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coderlab"
)

// What the server answers to a change of parameters, which the commands' own
// checks are made after. A build that the server takes in spite of a mistake
// is the reason for a check.
func testRefusals(t *testing.T, lab *coderlab.Lab, ws *coderlab.Workspace) {
	bob, noToken := lab.User(t, "bob"), lab.WithToken("")
	badToken := lab.WithToken("aaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbb")
	for name, c := range map[string]struct {
		as         *coderlab.User // nil: the owner
		parameters map[string]string
		transition string
		version    string
		status     int
		says       string
	}{
		"an immutable parameter":    {parameters: map[string]string{"DISK_GB": "20"}, status: 400, says: "DISK_GB"},
		"a slug against the rule":   {parameters: map[string]string{"SLOT_A_SUBDOMAIN": "Not Valid!"}, status: 400, says: "lower-case letters and digits"},
		"two hyphens in a row":      {parameters: map[string]string{"SLOT_A_SUBDOMAIN": "a--b"}, status: 400, says: "single hyphens"},
		"a slug that is too long":   {parameters: map[string]string{"SLOT_A_SUBDOMAIN": strings.Repeat("a", 31)}, status: 400, says: "at most 30"},
		"no option":                 {parameters: map[string]string{"SLOT_SHARE": "nobody"}, status: 400, says: "SLOT_SHARE"},
		"no number":                 {parameters: map[string]string{"BUILD_SECONDS": "soon"}, status: 400, says: "BUILD_SECONDS"},
		"an unknown version":        {version: "11111111-2222-3333-4444-555555555555", status: 400, says: "template version does not exist"},
		"an unknown transition":     {transition: "jump", status: 400, says: "Validation failed"},
		"somebody else's workspace": {as: bob, status: 404, says: "Resource not found"},
		"a token that is none":      {as: badToken, status: 401, says: "API key is invalid"},
		"no token":                  {as: noToken, status: 401, says: "Cookie"},
	} {
		t.Run(name, func(t *testing.T) {
			in := coderlab.BuildRequest{Transition: "start", Version: c.version, Parameters: c.parameters}
			if c.transition != "" {
				in.Transition = c.transition
			}
			as := ws.Owner
			if c.as != nil {
				as = c.as
			}
			_, err := ws.Build(t.Context(), as, in)
			var refusal *coderlab.APIError
			if !errors.As(err, &refusal) || refusal.Status != c.status || !strings.Contains(refusal.Error(), c.says) {
				t.Errorf("got %v, want %d and %q", err, c.status, c.says)
			}
		})
	}
}

// What the server takes without a word: an unknown name, and two slots with
// one subdomain, of which the template lets the first have it.
func testAccepted(t *testing.T, ws *coderlab.Workspace) {
	was := len(ws.Latest(t).Apps())
	b := rebuild(t, ws, map[string]string{"NO_SUCH_PARAMETER": "x", "SLOT_B_SUBDOMAIN": "same", "SLOT_C_SUBDOMAIN": "same"})
	apps := b.Apps()
	if apps["same"].Name != "Slot B" || !strings.Contains(apps["slot-c"].Name, `"same"`) || len(apps) != was {
		t.Errorf("the apps are %v", apps)
	}
	rebuild(t, ws, map[string]string{"SLOT_B_SUBDOMAIN": "b", "SLOT_C_SUBDOMAIN": "c"})
}

// One build at a time; no app answers while it runs.
func testRunningBuild(t *testing.T, ws *coderlab.Workspace) {
	b, err := ws.Start(t.Context(), map[string]string{"BUILD_SECONDS": "3"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = ws.Start(t.Context(), nil)
	var refusal *coderlab.APIError
	if !errors.As(err, &refusal) || refusal.Status != http.StatusConflict {
		t.Errorf("a second build: %v", err)
	}
	if a := ws.Get(t, "b", "/", ws.Owner); a.Status != http.StatusNotFound {
		t.Errorf("an app answers %d during the build", a.Status)
	}
	ws.Await(t, b.ID)
	ws.Ready(t)
}

// rebuild builds with the parameters and waits until the agent is ready.
func rebuild(t *testing.T, ws *coderlab.Workspace, parameters map[string]string) coderlab.Build {
	t.Helper()
	b, err := ws.Start(t.Context(), parameters)
	if err != nil {
		t.Fatal(err)
	}
	if b = ws.Await(t, b.ID); b.Job.Status != "succeeded" {
		t.Fatalf("the build %s: %s", b.Job.Status, b.Job.Error)
	}
	return ws.Ready(t)
}

func answers(status int) func(coderlab.Answer) bool {
	return func(a coderlab.Answer) bool { return a.Status == status }
}
