package coderlab_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coderlab"
)

// slot subdomain from outside changes the address: the app is there, with no
// build of it, and gone from the old one.
func testSubdomain(t *testing.T, slot string, ws *coderlab.Workspace, from, to string) {
	before := history(t, ws)
	r := ws.Owner.Exec(t, slot, "subdomain", "a", to, "--workspace", ws.Owner.Name+"/"+ws.Name, "--yes", "--json")
	if r.Code != 0 {
		t.Fatalf("slot subdomain ended with %d:\n%s", r.Code, r.Err)
	}
	if strings.Contains(r.Out+r.Err, ws.Owner.Token) {
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
