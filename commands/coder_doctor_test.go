package commands_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// slot doctor in the workspace, with the login that the template keeps there.
func coderDoctor(t *testing.T, b *coderBench) {
	in := map[string]int64{"ttl_ms": (4 * time.Hour).Milliseconds()}
	if err := b.ws.Owner.Call(t.Context(), "PUT", "/workspaces/"+b.ws.ID+"/ttl", in, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		share string
		says  map[string]string
	}{
		{"public", map[string]string{"address-a": "answers with 200, to everybody", "autostop": "Coder stops the workspace in ", "admin-address": "answers after a login", "webhook-address": "to everybody"}},
		{"owner", map[string]string{"address-a": "share is owner: yours alone", "autostop": "coder schedule extend alice/ws 4h"}},
	} {
		b.slot(t, 0, "params", "set", "SLOT_SHARE="+c.share, "--yes")
		b.ws.Ready(t)
		r := b.ws.Exec(t, "slot", "doctor", "--json")
		var got struct {
			Findings []struct{ Check, State, Text, Remedy string }
		}
		if err := json.Unmarshal([]byte(r.Out), &got); err != nil {
			t.Fatalf("%v: %s%s", err, r.Out, r.Err)
		}
		for _, f := range got.Findings {
			want, asked := c.says[f.Check]
			if asked && (f.State != "ok" || !strings.Contains(f.Text, want)) {
				t.Errorf("share %s: %+v, want %q", c.share, f, want)
			}
			delete(c.says, f.Check)
		}
		if len(c.says) > 0 {
			t.Errorf("share %s: nothing is said of %v in %s", c.share, c.says, r.Out)
		}
	}
}
