package proxy_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

// patience is a limit for what should take milliseconds.
const patience = 20 * time.Second

var info = proxy.Info{Slot: "a", Port: 3001}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// newFront serves a front on a port of its own and returns its address.
func newFront(t testing.TB, o proxy.FrontOptions) (*proxy.Front, string) {
	t.Helper()
	o.Name, o.Port, o.Log = info.Slot, info.Port, quiet()
	if o.Grace == 0 {
		o.Grace = time.Second
	}
	f := proxy.NewFront(o)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return f, ln.Addr().String()
}

// newApp serves h as an app would and returns its port.
func newApp(t testing.TB, h http.HandlerFunc) int {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.Listener.Addr().(*net.TCPAddr).Port
}

// newProcess returns a target for an app on port, drained at the end.
func newProcess(t testing.TB, release, port int, o proxy.ProcessOptions) *proxy.Target {
	t.Helper()
	o.Info, o.Log = info, quiet()
	target := proxy.NewProcessTarget(release, port, o)
	t.Cleanup(func() { cut(target) })
	return target
}

// cut drains without waiting.
func cut(target *proxy.Target) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	target.Drain(ctx)
}

// newClient returns a client with connections of its own.
func newClient(t testing.TB) *http.Client {
	t.Helper()
	tr := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{
		Transport:     tr,
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// get asks for http://address+path with pairs of header names and values.
func get(t testing.TB, address, path string, header ...string) (*http.Response, string) {
	t.Helper()
	return do(t, http.MethodGet, address, path, nil, header...)
}

func do(t testing.TB, method, address, path string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, "http://"+address+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Add(header[i], header[i+1])
	}
	res, err := newClient(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

// eventually polls until ok is true.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not in %v: %s", patience, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}
