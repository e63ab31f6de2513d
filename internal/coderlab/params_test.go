package coderlab_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coderlab"
)

// terminal is one with slot in it, outside the workspace.
type terminal struct {
	slot string
	user *coderlab.User
}

func (l terminal) run(t *testing.T, args ...string) coderlab.Result {
	t.Helper()
	return l.user.Exec(t, l.slot, args...)
}

// slot subdomain from outside changes the address: the app is there, with no
// build of it, and gone from the old one.
func testSubdomain(t *testing.T, laptop terminal, ws *coderlab.Workspace, from, to string) {
	before := history(t, ws)
	r := laptop.run(t, "subdomain", "a", to, "--workspace", ws.Owner.Name+"/"+ws.Name, "--yes", "--json")
	if r.Code != 0 {
		t.Fatalf("slot subdomain ended with %d:\n%s", r.Code, r.Err)
	}
	if strings.Contains(r.Out+r.Err, laptop.user.Token) {
		t.Error("the token is printed")
	}
	var got struct {
		Known     bool              `json:"known"`
		Addresses map[string]string `json:"addresses"`
	}
	if err := json.Unmarshal([]byte(r.Out), &got); err != nil || !got.Known || got.Addresses["SLOT_A_SUBDOMAIN"] != "http://"+ws.Host(to) {
		t.Errorf("got %s", r.Out)
	}
	ws.AwaitApp(t, to, "/", ws.Owner, servesApp)
	if a := ws.Get(t, from, "/", ws.Owner); a.Status != http.StatusNotFound {
		t.Errorf("the old address answers %d", a.Status)
	}
	ws.Ready(t)
	sameRelease(t, before, history(t, ws))
	if url := strings.TrimSpace(ws.Run(t, "slot", "url", "a")); url != "http://"+ws.Host(to) {
		t.Errorf("slot url says %s", url)
	}
}

// What the commands refuse, with nothing sent.
func testRefusedCommands(t *testing.T, lab *coderlab.Lab, laptop terminal, ws *coderlab.Workspace) {
	builds := ws.Latest(t).Number
	bob, badToken := lab.User(t, "bob"), lab.WithToken("aaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbb")
	for name, c := range map[string]struct {
		as   *coderlab.User // nil: the owner
		args []string
		code int
		says string
	}{
		"an unknown name":           {args: []string{"NO_SUCH=1"}, code: 2, says: "NO_SUCH"},
		"an immutable parameter":    {args: []string{"DISK_GB=20"}, code: 2, says: "DISK_GB"},
		"a slug against the rule":   {args: []string{"SLOT_A_SUBDOMAIN=Not Valid!"}, code: 2, says: "Not Valid!"},
		"two hyphens in a row":      {args: []string{"SLOT_A_SUBDOMAIN=a--b"}, code: 2, says: "a--b"},
		"a port":                    {args: []string{"SLOT_A_SUBDOMAIN=3001"}, code: 2, says: "3001"},
		"a label that is too long":  {args: []string{"SLOT_A_SUBDOMAIN=" + strings.Repeat("a", 60)}, code: 2, says: "63"},
		"another slot's name":       {args: []string{"SLOT_A_SUBDOMAIN=b"}, code: 2, says: "SLOT_B_SUBDOMAIN"},
		"the name of another app":   {args: []string{"SLOT_A_SUBDOMAIN=admin"}, code: 2, says: "admin"},
		"no option":                 {args: []string{"SLOT_SHARE=nobody"}, code: 2, says: "authenticated"},
		"no number":                 {args: []string{"BUILD_SECONDS=soon"}, code: 2, says: "soon"},
		"no agreement":              {args: []string{"SLOT_A_SUBDOMAIN=other"}, code: 2, says: "--yes"},
		"somebody else's workspace": {as: bob, args: []string{"SLOT_A_SUBDOMAIN=other", "--yes"}, says: ws.Owner.Name + "/" + ws.Name},
		"a token that is none":      {as: badToken, args: []string{"SLOT_A_SUBDOMAIN=other", "--yes"}, says: "coder login"},
	} {
		t.Run(name, func(t *testing.T) {
			as := laptop
			if c.as != nil {
				as.user = c.as
			}
			r := as.run(t, append([]string{"params", "set", "--workspace", ws.Owner.Name + "/" + ws.Name}, c.args...)...)
			if r.Code == 0 || c.code != 0 && r.Code != c.code || !strings.Contains(r.Err, c.says) {
				t.Errorf("ended with %d, want %d and %q:\n%s", r.Code, c.code, c.says, r.Err)
			}
		})
	}
	if n := ws.Latest(t).Number; n != builds {
		t.Errorf("%d builds were made", n-builds)
	}
}

// A change from inside the workspace ends the program that waits for it, and
// is known afterwards. The template has logged the owner in.
func testFromInside(t *testing.T, ws *coderlab.Workspace) {
	r := ws.Exec(t, "slot", "subdomain", "b", "inside", "--yes")
	t.Logf("slot subdomain ended with %d:\n%s", r.Code, r.Err)
	ws.Await(t, ws.Latest(t).ID)
	ws.Ready(t)
	if out := ws.Run(t, "slot", "params", "status"); !strings.Contains(out, "ended well") || !strings.Contains(out, "b → inside") {
		t.Errorf("slot params status says %s", out)
	}
	ws.AwaitApp(t, "inside", "/", ws.Owner, answers(http.StatusOK))
}

// A build that fails is told with what undoes it, which does.
func testFailedChange(t *testing.T, laptop terminal, ws *coderlab.Workspace) {
	at := ws.Owner.Name + "/" + ws.Name
	r := laptop.run(t, "params", "set", "FAIL_BUILD=true", "--workspace", at, "--yes")
	if r.Code != 1 || !strings.Contains(r.Err, "FAIL_BUILD=false") {
		t.Errorf("ended with %d:\n%s", r.Code, r.Err)
	}
	if r := laptop.run(t, "params", "set", "FAIL_BUILD=false", "--workspace", at, "--yes"); r.Code != 0 {
		t.Errorf("the undo ended with %d:\n%s", r.Code, r.Err)
	}
	ws.Ready(t)
}

// A stopped workspace is started by the change.
func testStoppedWorkspace(t *testing.T, laptop terminal, ws *coderlab.Workspace, was, to string) {
	ws.Stop(t)
	if a := ws.Get(t, was, "/", ws.Owner); a.Status != http.StatusBadRequest {
		t.Errorf("an app of a stopped workspace answers %d", a.Status)
	}
	r := laptop.run(t, "subdomain", "a", to, "--workspace", ws.Owner.Name+"/"+ws.Name, "--yes")
	if r.Code != 0 || !strings.Contains(r.Err, "not running") {
		t.Errorf("slot subdomain ended with %d:\n%s", r.Code, r.Err)
	}
	ws.Ready(t)
	ws.AwaitApp(t, to, "/", ws.Owner, servesApp)
}

func newTerminal(programs string, user *coderlab.User) terminal {
	return terminal{filepath.Join(programs, "slot"), user}
}
