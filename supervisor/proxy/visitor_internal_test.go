package proxy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// headerTime is how long a header may take here.
const headerTime = 500 * time.Millisecond

// newEntrance serves a front whose entry the test can look into.
func newEntrance(t *testing.T) (f *Front, e *entry, end func()) {
	t.Helper()
	f = NewFront(FrontOptions{Name: "a", Log: slog.New(slog.DiscardHandler), Grace: 20 * time.Second})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e = newEntry(f, ln)
	e.headerTimeout = headerTime
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
	// Also when the next request comes before the server is done with this one.
	for range 200 {
		for _, raw := range []string{postOne, getOne} {
			if status, _ := c.ask(t, raw); status != 200 {
				t.Fatalf("%q: %d", raw, status)
			}
		}
	}
	waitFor(t, "the visitor to be back", func() bool { return e.idle() == 1 })
	io.WriteString(c, getOne+postOne+postOne+getOne)
	for range 4 {
		if status, _ := c.ask(t, ""); status != 200 {
			t.Errorf("%d", status)
		}
	}
	waitFor(t, "the visitor to be back", func() bool { return e.idle() == 1 })
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

func TestVisitor_EndsAClientThatDribbles(t *testing.T) {
	f, e, _ := newEntrance(t)
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(2 * watchAfter) // it is watched meanwhile
		}
	})
	const half = "GET / HTTP/1.1\r\nHo"
	for what, sent := range map[string][]string{
		"the first":           {half},
		"after an answer":     {getOne, half},
		"after a slow answer": {"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + half},
		"after a POST":        {postOne, half},
		"nothing at all":      {""},
	} {
		c := connect(t, e)
		for _, raw := range sent[:len(sent)-1] {
			c.ask(t, raw)
		}
		io.WriteString(c, sent[len(sent)-1])
		answers, _ := io.ReadAll(c.in) // it would fail at the test's deadline
		if n := len(answers); n > 0 != (what == "after a slow answer") {
			t.Errorf("%s: %q", what, answers)
		}
	}
}

// A client that always has the next request under way is none that dribbles.
func TestVisitor_LetsAClientSendOnAndOn(t *testing.T) {
	f, e, _ := newEntrance(t)
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) {})
	c := connect(t, e)
	begin := time.Now()
	io.WriteString(c, getOne[:10])
	for time.Since(begin) < 2*headerTime {
		if status, _ := c.ask(t, getOne[10:]+getOne[:10]); status != 200 {
			t.Fatalf("%d", status)
		}
	}
}

func TestVisitor_ReadsWhatTheParserReads(t *testing.T) {
	f, e, _ := newEntrance(t)
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) {})
	for _, raw := range []string{"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.0\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n"} {
		if status, _ := connect(t, e).ask(t, raw); status != 200 {
			t.Errorf("%q: %d", raw, status)
		}
	}
	// Some clients send an empty line after a body.
	for _, line := range []string{"\r\n", "\n", "\r"} {
		c := connect(t, e)
		c.ask(t, postOne)
		waitFor(t, "the visitor to be back", func() bool { return e.idle() > 0 })
		io.WriteString(c, line)
		time.Sleep(10 * time.Millisecond) // so that it is read alone
		if status, _ := c.ask(t, getOne); status != 200 {
			t.Errorf("after %q: %d", line, status)
		}
		c.Close()
	}
}

// A connection may be back before the goroutine that handed it over has left.
func TestEntry_KnowsAllThatAreBack(t *testing.T) {
	f, e, end := newEntrance(t)
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	const clients = 50
	var asking sync.WaitGroup
	var all []client
	for range clients {
		all = append(all, connect(t, e))
	}
	for _, c := range all {
		asking.Go(func() {
			for range 40 {
				io.WriteString(c, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n") // the server refuses it at once
				res, err := http.ReadResponse(c.in, nil)
				if err != nil {
					t.Error(err)
					return
				}
				io.Copy(io.Discard, res.Body)
			}
		})
	}
	asking.Wait()
	waitFor(t, "all to be back", func() bool { return e.idle() == clients })
	end()
	waitFor(t, "their end", func() bool { return f.farewell.open.Load() == 0 })
	for _, c := range all {
		if _, err := c.in.ReadByte(); err != io.EOF {
			t.Fatalf("a connection after the end: %v", err)
		}
	}
}

// failing is a listener that fails once it is told to.
type failing struct {
	net.Listener
	now chan struct{}
}

func (l failing) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	select {
	case <-l.now:
		c.Close()
		return nil, errors.New("no more")
	default:
		return c, err
	}
}

func TestServe_EndsItsVisitorsWhenItFails(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := NewFront(FrontOptions{Name: "a", Log: slog.New(slog.DiscardHandler)})
	e := newEntry(f, failing{tcp, make(chan struct{})})
	ended := make(chan error, 1)
	go func() { ended <- f.serve(t.Context(), e) }()
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) {})
	c := connect(t, e)
	c.ask(t, getOne)
	close(e.ln.(failing).now)
	connect(t, e)
	if err := <-ended; err == nil {
		t.Error("it did not fail")
	}
	if _, err := c.in.ReadByte(); err != io.EOF {
		t.Errorf("its visitor: %v, want the end", err)
	}
	tcp.Close()
}

// slowly is a listener that comes back late with what it accepted.
type slowly struct {
	net.Listener
	accepted chan struct{}
}

func (l slowly) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		close(l.accepted)
	}
	time.Sleep(30 * time.Millisecond)
	return c, err
}

func TestServe_AnswersWhoCameJustBeforeItsEnd(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := NewFront(FrontOptions{Name: "a", Log: slog.New(slog.DiscardHandler)})
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	accepted := make(chan struct{})
	go func() { ended <- f.Serve(ctx, slowly{ln, accepted}) }()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, getOne)
	<-accepted // and not yet known
	cancel()
	if answer, _ := io.ReadAll(c); len(answer) == 0 {
		t.Error("it got no answer")
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestVisitor_KnowsItsClientOnASocketForBothProtocols(t *testing.T) {
	ln, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	f := NewFront(FrontOptions{Name: "a", Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(ctx, ln) }()
	toApp(t, f, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header["X-Forwarded-For"]) })
	for _, method := range []string{"GET", "POST"} {
		r, _ := http.NewRequest(method, fmt.Sprintf("http://127.0.0.1:%d/", ln.Addr().(*net.TCPAddr).Port), nil)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(b) != "[127.0.0.1]" {
			t.Errorf("%s: the app saw %s", method, b)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
