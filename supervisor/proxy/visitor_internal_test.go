package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// newEntrance serves a front whose entry the test can look into.
func newEntrance(t *testing.T) (f *Front, e *entry, end func()) {
	t.Helper()
	f = NewFront(FrontOptions{Name: "a", Log: slog.New(slog.DiscardHandler), Grace: 20 * time.Second})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e = newEntry(f, ln)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.serve(ctx, e) }()
	end = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ended <- nil
	}
	t.Cleanup(end)
	return f, e, end
}

func toApp(t *testing.T, f *Front, h http.HandlerFunc) *Target {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	target := NewProcessTarget(1, s.Listener.Addr().(*net.TCPAddr).Port, ProcessOptions{Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		target.Drain(ctx)
	})
	f.Switch(target)
	return target
}

// client is a connection to an entry.
type client struct {
	net.Conn
	in *bufio.Reader
}

func connect(t *testing.T, e *entry) client {
	t.Helper()
	c, err := net.Dial("tcp", e.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return client{c, bufio.NewReader(c)}
}

func (c client) ask(t *testing.T, raw string) (status int, closes bool) {
	t.Helper()
	io.WriteString(c, raw)
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Close
}

// idle counts the visitors between two requests.
func (e *entry) idle() (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for v := range e.visitors {
		if v.state.Load() == visitorIdle {
			n++
		}
	}
	return n
}

func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for late := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}

const (
	getOne  = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	postOne = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
	chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
)

func TestHandOver_GivesTheConnectionBackAfterItsRequest(t *testing.T) {
	f, e, end := newEntrance(t)
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Method) })
	c := connect(t, e)
	for _, raw := range []string{getOne, postOne, getOne, postOne, postOne} {
		if status, _ := c.ask(t, raw); status != 200 {
			t.Errorf("%q: %d", raw, status)
		}
		waitFor(t, "the visitor to be back", func() bool { return e.idle() == 1 })
	}
	f.Hold()
	go func() {
		time.Sleep(30 * time.Millisecond) // the request is held by now, most likely
		f.Resume()
	}()
	c.ask(t, getOne)
	waitFor(t, "the visitor to be back after a hold", func() bool { return e.idle() == 1 })

	// Where the end of the request is not known, the server keeps it.
	c.ask(t, chunked)
	c.ask(t, getOne)
	if n := e.idle(); n != 0 {
		t.Errorf("%d visitors", n)
	}
	if n := f.farewell.open.Load(); n != 1 {
		t.Errorf("%d connections are open, want 1", n)
	}
	c.Close()
	waitFor(t, "the connection's end", func() bool { return f.farewell.open.Load() == 0 })

	connect(t, e).ask(t, postOne)
	connect(t, e).ask(t, getOne)
	waitFor(t, "two visitors", func() bool { return e.idle() == 2 })
	end()
	if n := f.farewell.open.Load(); n != 0 {
		t.Errorf("%d connections are open after the end", n)
	}
}

func TestEntry_PartsFromItsVisitors(t *testing.T) {
	f, e, end := newEntrance(t)
	inside, release := make(chan struct{}), make(chan struct{})
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(inside)
			<-release
		}
	})
	idle, fresh, slow := connect(t, e), connect(t, e), connect(t, e)
	idle.ask(t, getOne)
	go func() {
		<-inside
		go end()
		if _, err := idle.in.ReadByte(); err != io.EOF {
			t.Errorf("the idle connection: %v, want its end", err)
		}
		// One that is just open may be about to ask, and is answered.
		if status, closes := fresh.ask(t, getOne); status != 200 || !closes {
			t.Errorf("the fresh connection: %d, closing %v", status, closes)
		}
		close(release)
	}()
	if status, closes := slow.ask(t, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"); status != 200 || !closes {
		t.Errorf("the one with a request: %d, closing %v", status, closes)
	}
	end()
}

// A visitor has a limit for its header, and none for its answer.
func TestVisitor_ReadsItsClientOnlyAsLongAsItShould(t *testing.T) {
	f, e, _ := newEntrance(t)
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) {
		for n := range 5 {
			fmt.Fprintf(w, "data: %d\n", n)
			http.NewResponseController(w).Flush()
			time.Sleep(2 * watchAfter) // it is watched meanwhile
		}
	})
	c := connect(t, e)
	for range 3 {
		if status, _ := c.ask(t, getOne); status != 200 {
			t.Errorf("%d", status)
		}
	}
	// What it sends meanwhile is its next request.
	io.WriteString(c, getOne)
	time.Sleep(3 * watchAfter)
	if status, _ := c.ask(t, getOne); status != 200 {
		t.Errorf("%d", status)
	}
	if status, _ := c.ask(t, ""); status != 200 {
		t.Errorf("%d", status)
	}
}
