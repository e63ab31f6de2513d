package proxy_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

// freePort returns a port on which nothing listens.
func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

// An app that closes every connection on which it reads "GET /kill": the
// transport alone would send that GET once on each of its idle connections.
func TestProcess_AGetThatKillsItsWorkerIsExecutedAtMostTwice(t *testing.T) {
	const pooled = 32
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var executed atomic.Int64
	together := sync.WaitGroup{}
	together.Add(pooled)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for in := bufio.NewReader(c); ; {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					if r.URL.Path == "/kill" {
						executed.Add(1)
						return
					}
					together.Done()
					together.Wait() // all at once, so that the pool gets as many connections
					io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				}
			}()
		}
	}()
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, ln.Addr().(*net.TCPAddr).Port, proxy.ProcessOptions{Wait: -1}))
	var warming sync.WaitGroup
	for range pooled {
		warming.Go(func() {
			if res, body := get(t, address, "/"); body != "ok" {
				t.Errorf("%d %q", res.StatusCode, body)
			}
		})
	}
	warming.Wait()
	res, _ := get(t, address, "/kill")
	if res.StatusCode != 502 {
		t.Errorf("%d", res.StatusCode)
	}
	if n := executed.Load(); n < 1 || n > 2 {
		t.Errorf("executed %d times", n)
	}
	executed.Store(0)
	if do(t, "POST", address, "/kill", strings.NewReader("x")); executed.Load() != 1 {
		t.Errorf("a POST was executed %d times", executed.Load())
	}
}

func TestProcess_WaitsForAnAppThatRestarts(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	port := freePort(t)
	f.Switch(newProcess(t, 1, port, proxy.ProcessOptions{Wait: patience}))
	got := make(chan string, 1)
	go func() {
		res, body := do(t, "POST", address, "/", strings.NewReader("kept body"))
		got <- fmt.Sprint(res.StatusCode, " ", body)
	}()
	eventually(t, "the request", func() bool { return f.Target().InFlight() == 1 })
	var ln net.Listener
	eventually(t, "the port to be free", func() bool {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		ln = l
		return err == nil
	})
	app := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })}
	go app.Serve(ln)
	defer app.Close()
	if s := <-got; s != "200 kept body" {
		t.Error(s)
	}
}

func TestProcess_AnswersForAnAppThatIsDown(t *testing.T) {
	for _, row := range []struct {
		name, accept string
		wait         time.Duration
		alive        bool
		status       int
		kind, has    string
	}{
		{"crashed, browser", "text/html,*/*;q=0.8", patience, false, 503, "text/html; charset=utf-8", "Not working right now"},
		{"crashed, script", "application/json", patience, false, 503, "application/json", `"state":"crashed"`},
		{"crashed, curl", "*/*", patience, false, 503, "text/plain; charset=utf-8", "slot logs a"},
		{"does not come back", "text/html", 50 * time.Millisecond, true, 502, "text/html; charset=utf-8", "No answer"},
		{"no waiting", "", -1, true, 502, "text/plain; charset=utf-8", "slot releases a"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f, address := newFront(t, proxy.FrontOptions{})
			target := newProcess(t, 1, freePort(t), proxy.ProcessOptions{Wait: row.wait, Alive: func() bool { return row.alive }})
			f.Switch(target)
			res, body := get(t, address, "/", "Accept", row.accept)
			if res.StatusCode != row.status || res.Header.Get("Content-Type") != row.kind || !strings.Contains(body, row.has) {
				t.Errorf("%d %s %q", res.StatusCode, res.Header.Get("Content-Type"), body)
			}
			if res.Header.Get("Retry-After") == "" || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("header %v", res.Header)
			}
			if s := target.Stats(); s.Requests != 1 || s.Failures != 1 {
				t.Errorf("Stats() = %+v", s)
			}
		})
	}
}

func TestProcess_CutsTheAnswerWhenTheAppDiesInIt(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		io.WriteString(w, strings.Repeat("half", 16<<10))
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}), proxy.ProcessOptions{}))
	res, err := newClient(t).Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("%d bytes arrived as if they were whole", len(b))
	}
}

func TestProcess_TellsTheAppThatTheClientWentAway(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	inside, gone := make(chan struct{}), make(chan struct{})
	target := newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-r.Context().Done()
		close(gone)
	}), proxy.ProcessOptions{})
	f.Switch(target)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-inside
		cancel()
	}()
	r, _ := http.NewRequestWithContext(ctx, "GET", "http://"+address, nil)
	if _, err := newClient(t).Do(r); err == nil {
		t.Error("an answer came")
	}
	select {
	case <-gone:
	case <-time.After(patience):
		t.Fatal("the app was not told")
	}
	eventually(t, "the request to end", func() bool { return target.InFlight() == 0 })
	if s := target.Stats(); s.Failures != 0 {
		t.Errorf("the client's leaving counts as the app's failure: %+v", s)
	}
}

func TestProcess_AnUploadThatTheClientCutsIsNotTheAppsFailure(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	target := newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }), proxy.ProcessOptions{})
	f.Switch(target)
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbegun")
	eventually(t, "the request", func() bool { return target.InFlight() == 1 })
	c.Close()
	eventually(t, "the request to end", func() bool { return target.InFlight() == 0 })
	if s := target.Stats(); s.Failures != 0 {
		t.Errorf("Stats() = %+v", s)
	}
}

func TestProcess_SaysWhenALimitOnTheBodyWasReached(t *testing.T) {
	f := proxy.NewFront(proxy.FrontOptions{Name: info.Slot, Log: quiet()})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }), proxy.ProcessOptions{}))
	limited := httptest.NewServer(http.MaxBytesHandler(f, 1000))
	defer limited.Close()
	address := limited.Listener.Addr().String()
	if res, _ := do(t, "POST", address, "/", strings.NewReader(strings.Repeat("x", 2000))); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", res.StatusCode)
	}
	if res, _ := do(t, "POST", address, "/", strings.NewReader("small")); res.StatusCode != http.StatusOK {
		t.Errorf("%d", res.StatusCode)
	}
}

// The proxy's idle timeout (4 s) is below Node's (5 s), so that a POST never
// goes out on a connection that the app is about to close.
func TestProcess_PostsAfterTheIdleTimeoutUseANewConnection(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 5 s")
	}
	t.Parallel()
	var connections atomic.Int64
	app := &http.Server{
		IdleTimeout: 5 * time.Second,
		Handler:     http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }),
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				connections.Add(1)
			}
		},
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Serve(ln)
	defer app.Close()
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, ln.Addr().(*net.TCPAddr).Port, proxy.ProcessOptions{}))
	for _, pause := range []time.Duration{0, 4500 * time.Millisecond, 500 * time.Millisecond} {
		<-time.After(pause)
		if res, body := do(t, "POST", address, "/", strings.NewReader("x")); res.StatusCode != 200 || body != "x" {
			t.Errorf("after %v: %d %q", pause, res.StatusCode, body)
		}
	}
	if n := connections.Load(); n != 2 {
		t.Errorf("%d connections, want 2: one before the pause, one for the rest", n)
	}
}
