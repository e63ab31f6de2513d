package supervisor

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// A server that refuses at will: what the real one does is tried in
// internal/coderlab and commands; that it does this on demand is not.
func TestDashboard_TellsWhatIsNewOnly(t *testing.T) {
	var got []coder.AppStatus
	answer := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var s coder.AppStatus
		if err := json.NewDecoder(r.Body).Decode(&s); err != nil || r.Header.Get("Coder-Session-Token") == "" {
			t.Errorf("a status that cannot be read: %v", err)
		}
		got = append(got, s)
		w.WriteHeader(answer)
	}))
	defer server.Close()
	token, state := "one", slot.StateLive
	d := &dashboard{
		agent: func() (coder.AgentAccess, bool) {
			return coder.AgentAccess{Server: server.URL, Token: token}, token != ""
		},
		status: func(n slot.Name) slot.Status {
			if n == "b" {
				return slot.Status{Slot: n, State: slot.StateEmpty}
			}
			return slot.Status{Slot: n, State: state, Source: slot.Source{Repository: strings.Repeat("x", 300)}, URL: "https://blog"}
		},
		slug: func(n slot.Name) string { return map[slot.Name]string{"a": "blog", "b": "shop"}[n] },
		log:  slog.New(slog.DiscardHandler), told: map[slot.Name]coder.AppStatus{},
	}
	tell := func(want int, why string) {
		t.Helper()
		d.tell(context.Background())
		if len(got) != want {
			t.Fatalf("%s: told %d times, want %d: %+v", why, len(got), want, got)
		}
	}
	tell(1, "the slot in use, not the empty one, not those without an app")
	if s := got[0]; s.Slug != "blog" || s.State != coder.AppComplete || s.URI != "https://blog" || len([]rune(s.Message)) >= 160 {
		t.Errorf("got %+v", s)
	}
	tell(1, "nothing is new")
	state = slot.StateCrashed
	tell(2, "it crashed")
	if got[1].State != coder.AppFailure {
		t.Errorf("got %+v", got[1])
	}
	state, answer = slot.StateStopped, http.StatusUnauthorized
	tell(3, "the token is old")
	tell(3, "it is not tried again with the old token")
	token, answer = "two", http.StatusBadRequest
	tell(4, "a new token")
	tell(4, "what Coder does not take is not sent again")
	server.Close()
	state = slot.StateLive
	tell(4, "Coder is away")
	token = ""
	tell(4, "outside Coder")
}

func TestDashboard_RestsOutsideCoder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, moved := 0, make(chan struct{})
		d := &dashboard{
			agent: func() (coder.AgentAccess, bool) { asked++; return coder.AgentAccess{}, false },
			log:   slog.New(slog.DiscardHandler), moved: moved,
		}
		ctx, cancel := context.WithCancel(t.Context())
		go d.run(ctx)
		time.Sleep(time.Hour)
		synctest.Wait()
		before := asked
		if before > 2 {
			t.Errorf("it looked %d times in an hour without anybody to tell", before)
		}
		moved <- struct{}{}
		synctest.Wait()
		if asked == before {
			t.Error("it did not look at the new environment")
		}
		cancel()
		synctest.Wait()
	})
}
