package coderlab

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Answer is what an address gave, with no redirect followed.
type Answer struct {
	Status   int
	Body     string
	Location string
	Header   http.Header
}

// Host is the public host of an app, with the port: SLUG--WS--OWNER.apps…
func (ws *Workspace) Host(slug string) string {
	return fmt.Sprintf("%s--%s--%s.%s:%d", slug, ws.Name, ws.Owner.Name, Domain, ws.lab.Port())
}

// Get asks an app of the workspace through Coder's proxy. As is the visitor,
// nil one who is not logged in.
func (ws *Workspace) Get(t testing.TB, slug, path string, as *User) Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+ws.Host(slug)+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if as != nil {
		r.Header.Set("Coder-Session-Token", as.Token)
	}
	a, err := ws.lab.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Do makes a request of an address below Domain; names are not looked up.
func (l *Lab) Do(r *http.Request) (Answer, error) {
	client := &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", l.Port()))
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return Answer{resp.StatusCode, string(b), resp.Header.Get("Location"), resp.Header}, err
}

// AwaitApp asks an app until its status and body are as wanted, and fails the
// test after three minutes.
func (ws *Workspace) AwaitApp(t testing.TB, slug, path string, as *User, wanted func(Answer) bool) Answer {
	t.Helper()
	var a Answer
	Poll(t, "the app "+slug+" answers as wanted", func() bool {
		a = ws.Get(t, slug, path, as)
		return wanted(a)
	})
	return a
}
