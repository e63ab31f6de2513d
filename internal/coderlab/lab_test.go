package coderlab_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coderlab"
)

// The project's template on a real server: the agent starts slot, and Coder's
// proxy leads to a slot's page, for its owner only.
func TestTemplate_BringsUpTheSlots(t *testing.T) {
	lab := coderlab.Start(t)
	lab.Template(t, "slot", coderlab.LocalTemplate(), lab.Variables(t, 33500, buildSlot(t)))
	alice, bob := lab.User(t, "alice"), lab.User(t, "bob")
	ws := alice.Workspace(t, "slot", "ws", nil)
	if a := ws.Get(t, "a", "/", alice); a.Status != http.StatusOK || !strings.Contains(a.Body, "slot deploy a") {
		t.Errorf("the owner got %d %s", a.Status, a.Body)
	}
	if a := ws.Get(t, "a", "/", bob); a.Status != http.StatusNotFound {
		t.Errorf("somebody else got %d", a.Status)
	}
	if a := ws.Get(t, "a", "/", nil); a.Status != http.StatusSeeOther {
		t.Errorf("a stranger got %d", a.Status)
	}
}
