package coder_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coder"
)

// What the real server answers is tried in commands (TestCoder); this is what
// can stand before it or in its place.
func TestAsk_TellsCoderFromWhatStandsInItsPlace(t *testing.T) {
	const sign = `<svg class="coder-svg">`
	for name, c := range map[string]struct {
		status   int
		ours     bool
		body, to string
		want     coder.ProbeState
		words    string
	}{
		"an app":                       {200, true, "hello", "", coder.ProbeOpen, "answers with 200"},
		"an app's own 404":             {404, true, "not here", "", coder.ProbeOpen, "answers with 404"},
		"an app's own redirection":     {302, true, "", "/welcome", coder.ProbeOpen, "answers with 302"},
		"a login":                      {303, true, "", "https://coder.example.com/api/v2/applications/auth-redirect?x=y", coder.ProbeLogin, "after a login"},
		"no such app":                  {404, true, sign, "", coder.ProbeMissing, "unknown to Coder (404)"},
		"a stopped workspace":          {400, true, sign, "", coder.ProbeMissing, "unknown to Coder (400)"},
		"an app that is not there yet": {502, true, sign, "", coder.ProbeWaiting, "does not answer yet (502)"},
		"a proxy before it":            {502, false, "bad gateway", "", coder.ProbeForeign, "something else than Coder (502)"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if c.ours {
				w.Header().Set("X-Coder-Build-Version", "v2.28.3")
			}
			if c.to != "" {
				w.Header().Set("Location", c.to)
			}
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		got := coder.Ask(context.Background(), server.URL)
		server.Close()
		if got.State != c.want || !strings.Contains(got.String(), c.words) {
			t.Errorf("%s: %+v, %q", name, got, got)
		}
		if got := coder.Ask(context.Background(), server.URL); got.State != coder.ProbeSilent || !strings.Contains(got.String(), "does not answer") {
			t.Errorf("%s, closed: %+v", name, got)
		}
	}
}

// Names below localhost lead here whatever the resolver thinks.
func TestAsk_FindsNamesBelowLocalhost(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Coder-Build-Version", "v")
		if !strings.HasPrefix(r.Host, "blog--ws--ada.apps.localhost:") {
			w.WriteHeader(500)
		}
	}))
	defer server.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	if got := coder.Ask(context.Background(), "http://blog--ws--ada.apps.localhost:"+port); got.Status != 200 {
		t.Errorf("got %+v", got)
	}
}
