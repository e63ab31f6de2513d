package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
	"github.com/slot-paas/slot/supervisor/webhook"
)

// door is a receiver with a real store behind a real server. The engine is
// left out: a deployment that is asked for stands in the store as queued.
type door struct {
	store  *store.Store
	url    string
	secret string
	asked  atomic.Int64
	ids    atomic.Int64
	fails  error // of the next deployments

	hold    chan struct{} // emptying a slot waits for it
	emptied atomic.Int64  // how often one was
	stuck   atomic.Int64  // how often that shall fail

	token, api string          // of GitHub
	events     chan slot.Event // of every deployment that is followed
	*webhook.Receiver
}

func open(t testing.TB) *door { return openWith(t, "", "") }

// openWith is open with a token for the API of GitHub at that address.
func openWith(t testing.TB, api, token string) *door {
	t.Helper()
	s, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d := &door{store: s, api: api, token: token, events: make(chan slot.Event, 20)}
	err = s.UpdateConfig(func(c *slot.Config) error {
		c.Slots["a"] = slot.SlotConfig{Repository: "https://github.com/me/app", Branch: "main"}
		c.Slots["b"] = slot.SlotConfig{Repository: "git@github.com:Me/App.git"} // the default branch
		c.Slots["c"] = slot.SlotConfig{Repository: "https://github.com/me/other"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Receiver = webhook.New(webhook.Options{Store: s, Submit: d.submit, Empty: d.empty, Follow: d.follow, Git: git.New(os.Environ()), Log: slog.New(slog.DiscardHandler),
		Token: func() string { return d.token }, GitHubAPI: d.api})
	t.Cleanup(d.Receiver.Close)
	keys, err := s.Webhook()
	if err != nil {
		t.Fatal(err)
	}
	d.secret = keys.Secret
	srv := httptest.NewUnstartedServer(d.Receiver)
	srv.Config.ReadHeaderTimeout = 5 * time.Second
	srv.Start()
	t.Cleanup(srv.Close)
	d.url = srv.URL
	return d
}

func (d *door) submit(req slot.Request) (slot.Deployment, error) {
	if d.fails != nil {
		return slot.Deployment{}, d.fails
	}
	d.asked.Add(1)
	return d.store.BeginDeployment(slot.Deployment{Slot: req.Slot, Action: req.Action, Trigger: req.Trigger, Source: req.Source, State: slot.DeploymentQueued})
}

func (d *door) follow(ctx context.Context, _ int64, send func(slot.Event) error) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case ev, more := <-d.events:
			if !more {
				return nil
			}
			if err := send(ev); err != nil {
				return err
			}
		}
	}
}

// says is the answer of the webhook.
type says struct {
	status    int
	header    http.Header
	Delivery  int64
	Decisions []slot.Decision
	Reason    string
	Error     string
}

func (s says) String() string {
	var parts []string
	for _, d := range s.Decisions {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s %s", d.Slot, d.Verdict, d.Reason)))
	}
	return strings.Join(parts, "; ") + s.Reason + s.Error
}

// github sends a body as GitHub does; headers given here replace its own, an
// empty one is left out.
func (d *door) github(t testing.TB, event, body string, own ...string) says {
	t.Helper()
	headers := map[string]string{
		"Content-Type": "application/json", "X-GitHub-Event": event,
		"X-GitHub-Delivery":   fmt.Sprint("delivery-", d.ids.Add(1)),
		"X-Hub-Signature-256": webhook.Sign(d.secret, []byte(body)),
	}
	for i := 0; i < len(own); i += 2 {
		headers[own[i]] = own[i+1]
	}
	return d.send(t, http.MethodPost, "/webhook", body, headers)
}

func (d *door) send(t testing.TB, method, path, body string, headers map[string]string) says {
	t.Helper()
	req, err := http.NewRequest(method, d.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := says{status: res.StatusCode, header: res.Header}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%s %s answered %d without JSON: %q", method, path, res.StatusCode, text)
	}
	return got
}

const (
	zeros = "0000000000000000000000000000000000000000"
	one   = "1111111111111111111111111111111111111111"
	two   = "2222222222222222222222222222222222222222"
)

// push is GitHub's payload with the fields that count; change edits it.
func push(change ...func(map[string]any)) string {
	p := map[string]any{
		"ref": "refs/heads/main", "before": one, "after": two, "created": false, "deleted": false, "forced": false,
		"repository":  map[string]any{"full_name": "me/app", "html_url": "https://github.com/me/app", "default_branch": "main"},
		"pusher":      map[string]any{"name": "ada", "email": "ada@example.com"},
		"head_commit": map[string]any{"id": two, "message": "Fix the header", "author": map[string]any{"name": "Ada"}},
		"commits":     []any{},
	}
	for _, c := range change {
		c(p)
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func set(name string, value any) func(map[string]any) {
	return func(p map[string]any) { p[name] = value }
}

func reopened(t *testing.T, home string) *store.Store {
	t.Helper()
	s, err := store.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
