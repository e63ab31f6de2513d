package notify

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// sent delivers one notice to the handler, without pauses, and returns what
// the handler's calls were and why it failed.
func sent(t *testing.T, handler http.HandlerFunc) (bodies []string, failure error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Method+" "+string(b))
		handler(w, r)
	}))
	s := New(slog.New(slog.DiscardHandler))
	s.pauses = []time.Duration{0, 0}
	s.Send(server.URL+"/hook/s3cret?token=s3cret", failedBuild(), func(err error) { failure = err })
	s.Close()
	server.Close()
	if failure != nil && strings.Contains(failure.Error(), "s3cret") {
		t.Errorf("the address is told: %v", failure)
	}
	return bodies, failure
}

func failedBuild() slot.Notice {
	return slot.Notice{
		Event: slot.NoticeFailed, Slot: "a", Status: slot.DeploymentFailed, Deployment: 7, Action: slot.ActionDeploy,
		Commit: "3f9c2e1a77", Subject: "Call <!channel> & @everyone", URL: "https://blog.example.com", DurationMS: 1500,
		Error: slot.AsError(slot.E(slot.KindKept, "npm install", errors.New("build failed: npm ci failed"))),
	}
}

func TestSend_TriesThreeTimes(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []int
		calls   int
		failure string
	}{
		{"taken", []int{204}, 1, ""},
		{"busy, then taken", []int{503, 429, 200}, 3, ""},
		{"always down", []int{500, 500, 500, 500}, 3, "it answers 500"},
		{"revoked", []int{404, 200}, 1, "it answers 404"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var call atomic.Int32
			bodies, err := sent(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(tt.answers[call.Add(1)-1]) })
			if len(bodies) != tt.calls || (err == nil) != (tt.failure == "") || err != nil && !strings.Contains(err.Error(), tt.failure) {
				t.Errorf("%d calls, %v", len(bodies), err)
			}
		})
	}
}

func TestSend_FollowsRedirectsOnTheSameHostOnly(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was told") }))
	defer other.Close()
	bodies, err := sent(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	if err == nil || len(bodies) != 1 || !strings.Contains(err.Error(), "another host") {
		t.Errorf("%q, %v", bodies, err)
	}
	bodies, err = sent(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/moved" {
			http.Redirect(w, r, "/moved", http.StatusPermanentRedirect)
		}
	})
	if err != nil || len(bodies) != 2 || bodies[0] != bodies[1] {
		t.Errorf("%q, %v", bodies, err)
	}
}

func TestSend_NamesNoAddressWhenNothingAnswers(t *testing.T) {
	s := New(slog.New(slog.DiscardHandler))
	s.pauses = nil
	var failure error
	s.Send("http://127.0.0.1:1/s3cret", failedBuild(), func(err error) { failure = err })
	s.Close()
	if failure == nil || strings.Contains(failure.Error(), "s3cret") || !strings.Contains(failure.Error(), "http://127.0.0.1:1/********") {
		t.Errorf("got %v", failure)
	}
	s.Send("http://127.0.0.1:1/", failedBuild(), func(error) { t.Error("sent after the end") })
}

func TestClose_EndsWhatHangs(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	s := New(slog.New(slog.DiscardHandler))
	s.Send(server.URL, failedBuild(), func(error) {})
	begun := time.Now()
	s.Close()
	if took := time.Since(begun); took > closeGrace+2*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestMessage_IsForPeopleAndPrograms(t *testing.T) {
	b, err := json.Marshal(newMessage(failedBuild()))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Event, Slot, Status, Commit, URL, Text, Content string
		Deployment, Duration                            int64
		DurationMS                                      int64               `json:"duration_ms"`
		Error                                           map[string]string   `json:"error"`
		Mentions                                        map[string][]string `json:"allowed_mentions"`
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Event != "failed" || got.Slot != "a" || got.Status != "failed" || got.Deployment != 7 || got.DurationMS != 1500 ||
		got.Error["hint"] != "npm install" || got.Error["kind"] != "kept" || got.Mentions["parse"] == nil || len(got.Mentions["parse"]) != 0 {
		t.Errorf("got %s", b)
	}
	want := "slot a: deploy failed (3f9c2e1 \"Call <!channel> & @everyone\"): build failed: npm ci failed (the release before still serves)\ntry: npm install\nhttps://blog.example.com"
	if got.Content != want {
		t.Errorf("content is %q", got.Content)
	}
	if strings.ContainsAny(got.Text, "<>") || !strings.Contains(got.Text, "&lt;!channel&gt; &amp;") {
		t.Errorf("text is %q", got.Text)
	}
	long := failedBuild()
	long.Error = slot.AsError(errors.New(strings.Repeat("ä", 5000)))
	if n := len([]rune(newMessage(long).Content)); n != maxContent {
		t.Errorf("%d characters", n)
	}
}
