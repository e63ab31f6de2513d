package coderapi_test

import (
	"context"
	"strings"
	"testing"

	"github.com/slot-paas/slot/coderapi"
	"github.com/slot-paas/slot/slot"
)

func TestNew_RefusesWhatIsNoAddress(t *testing.T) {
	for _, server := range []string{"", "coder.example.com", "ftp://coder.example.com", "http://", "://x"} {
		if _, err := coderapi.New(server, "secret"); slot.AsError(err).Kind != slot.KindUsage {
			t.Errorf("%q: %v", server, err)
		}
	}
}

func TestWorkspace_SaysThatTheServerIsNotThere(t *testing.T) {
	c, err := coderapi.New("http://127.0.0.1:1", "secret-token")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Workspace(context.Background(), "me", "ws")
	e := slot.AsError(err)
	if e == nil || e.Kind != slot.KindUnreachable || !strings.Contains(e.Hint, "http://127.0.0.1:1") {
		t.Fatalf("got %v, hint %q", err, e.Hint)
	}
	if strings.Contains(e.Error(), "secret-token") {
		t.Fatalf("the token is in %q", e)
	}
}
