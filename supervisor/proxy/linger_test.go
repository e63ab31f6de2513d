package proxy_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

// A front that is replaced asks its clients to come anew, and leads what they
// still send to the next one.
func TestFront_PartsFromItsClientsWithoutLosingARequest(t *testing.T) {
	app := func(name string) (port int) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, name) }))
		t.Cleanup(s.Close)
		return s.Listener.Addr().(*net.TCPAddr).Port
	}
	f := proxy.NewFront(proxy.FrontOptions{Name: "a"})
	f.Switch(proxy.NewProcessTarget(1, app("old"), proxy.ProcessOptions{}))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(ctx, ln) }()

	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	ask := func() (string, bool) {
		t.Helper()
		res, err := client.Get("http://" + ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		return string(b), res.Close
	}
	if body, closes := ask(); body != "old" || closes {
		t.Errorf("got %q, closing %v", body, closes)
	}
	old := f.Linger(time.Minute, app("next"))
	if old.Release() != 1 {
		t.Errorf("it gave back release %d", old.Release())
	}
	end()
	waitUntil(t, "the listener's end", func() bool {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	waitUntil(t, "the way on", func() bool { return f.Target() != old })
	if body, closes := ask(); body != "next" || !closes {
		t.Errorf("got %q, closing %v", body, closes)
	}
	select { // nobody is left: it does not linger for its minute
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it lingers")
	}
}

func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	late := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-late:
			t.Fatalf("waited too long for %s", what)
		case <-time.After(time.Millisecond):
		}
	}
}
