package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

// plainListener hides that its connections are TCP's: such a front gives all
// of them to the standard library's server.
type plainListener struct{ net.Listener }

func (l plainListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return struct{ net.Conn }{c}, nil
}

// twin is two fronts of one app, one with visitors and one without.
type twin struct {
	addresses [2]string
	answer    string // the app's

	mu   sync.Mutex
	open int      // connections of the app
	seen []string // requests as the app saw them, parsed and printed
}

func newTwin(t testing.TB) *twin {
	t.Helper()
	w := &twin{}
	app, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Close() })
	go func() {
		for {
			c, err := app.Accept()
			if err != nil {
				return
			}
			w.mu.Lock()
			w.open++
			w.mu.Unlock()
			go w.serve(c)
		}
	}()
	for n := range w.addresses {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		w.addresses[n] = ln.Addr().String()
		if n == 1 {
			ln = plainListener{ln}
		}
		f := proxy.NewFront(proxy.FrontOptions{Name: "a", Log: quiet(), Grace: time.Second})
		f.Switch(newProcess(t, 1, app.Addr().(*net.TCPAddr).Port, proxy.ProcessOptions{Wait: -1}))
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- f.Serve(ctx, ln) }()
		t.Cleanup(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
	return w
}

// serve answers each request of a connection with the same bytes and closes it
// then.
func (w *twin) serve(c net.Conn) {
	defer func() {
		c.Close()
		w.mu.Lock()
		w.open--
		w.mu.Unlock()
	}()
	c.SetDeadline(time.Now().Add(patience))
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	body, err := io.ReadAll(r.Body)
	w.mu.Lock()
	w.seen = append(w.seen, fmt.Sprintf("%s %s host %s header %v body %q %v length %d coding %v",
		r.Method, r.RequestURI, r.Host, r.Header, body, err, r.ContentLength, r.TransferEncoding))
	w.mu.Unlock()
	io.WriteString(c, w.answer)
}

// ask sends raw to the front with visitors (0) or without (1), and returns
// what the app saw and all that the client got, parsed and printed.
func (w *twin) ask(t testing.TB, front int, raw string) (seen []string, got string) {
	t.Helper()
	w.mu.Lock()
	w.seen = nil
	w.mu.Unlock()
	c, err := net.Dial("tcp", w.addresses[front])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, raw)
	in := bufio.NewReader(c)
	method, _, _ := strings.Cut(raw, " ")
	var b strings.Builder
	for {
		res, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			fmt.Fprintf(&b, "no answer: %v", err)
			break
		}
		body, err := io.ReadAll(res.Body)
		if res.Header.Get("Date") == "" {
			fmt.Fprint(&b, "no date ")
		}
		res.Header.Del("Date")
		fmt.Fprintf(&b, "%s %v header %v body %q %v length %d coding %v trailer %v close %v\n",
			res.Proto, res.Status, res.Header, body, err, res.ContentLength, res.TransferEncoding, res.Trailer, res.Close)
		if res.StatusCode >= 200 {
			break
		}
	}
	eventually(t, "the app's connection to be closed: the next request must not get it", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.open == 0
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen, b.String()
}

// compare reports where the two fronts do not do the same.
func (w *twin) compare(t testing.TB, raw string) {
	t.Helper()
	seen0, got0 := w.ask(t, 0, raw)
	seen1, got1 := w.ask(t, 1, raw)
	// Their ports differ, which an HTML page may tell.
	got1 = strings.ReplaceAll(got1, w.addresses[1], w.addresses[0])
	if !reflect.DeepEqual(seen0, seen1) {
		t.Errorf("%q answered with %q: the app saw\n%q, of the server\n%q", raw, w.answer, seen0, seen1)
	}
	if got0 != got1 {
		t.Errorf("%q answered with %q: the client got\n%s, of the server\n%s", raw, w.answer, got0, got1)
	}
}

func TestVisitor_DoesWhatTheServerDoes(t *testing.T) {
	const get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
	w := newTwin(t)
	w.answer = ok2
	for _, raw := range []string{
		get,
		"HEAD /x HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"GET /a%2Fb//c/../d?x=1;y=2&coder_session_token=s&z= HTTP/1.1\r\nhost: a.example:80\r\nConnection: keep-alive\r\n\r\n",
		"GET //a|\"b?q HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"GET /? HTTP/1.1\r\nHost: a.example\r\nUser-Agent: curl\r\naccept: */*\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nCookie: a=1; coder_session_token=s\r\nCookie: slot_session=2\r\nCoder-Session-Token: s\r\nX-Coder-A: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nForwarded: for=1\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b.example\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nPragma: no-cache\r\nX-Folded: a\r\n  b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: x-mine\r\nX-Mine: 1\r\nTE: trailers\r\nKeep-Alive: 1\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nabc",
		"GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
		"GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: xchunked\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nExpect: cake\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost:\r\n\r\n",
		"GET / HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n",
		"GET / HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n",
		"GET / HTTP/2.0\r\nHost: a.example\r\n\r\n",
		"GET http://b.example/p HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nBad Name: 1\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nBad: \x01\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\n: 1\r\n\r\n",
		"GET / HTTP/1.1\r\n Host: a.example\r\n\r\n",
		"GET /%zz HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"GET nowhere HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"GET  / HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"nonsense nonsense nonsense\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"DELETE /x HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"TRACE / HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nbody",
		"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.example\r\nX-Long: " + strings.Repeat("x", 20<<10) + "\r\n\r\n",
		"GET /" + strings.Repeat("x", 4080) + " HTTP/1.1\r\nHost: a.example\r\n\r\n",
	} {
		w.compare(t, raw)
	}
	for _, answer := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nContent-Length: 5\r\nContent-Type: text/html\r\n\r\nabcde",
		"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + strings.Repeat("123456789", 1000),
		"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 6\r\n\r\ndata\n\n",
		"HTTP/1.1 200 OK\r\n\r\nuntil the end",
		"HTTP/1.0 200 OK\r\n\r\nuntil the end",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef",
		"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\nX-A: 1\r\n\r\n",
		"HTTP/1.1 204 No Content\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\nContent-Type: text/plain\r\nETag: \"x\"\r\n\r\n",
		"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\r\nno",
		"HTTP/1.1 500 No\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: 1\r\nProxy-Authenticate: x\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\n!",
		"HTTP/1.1 200 OK\r\nSet-Cookie: slot_session=x\r\nSet-Cookie: a=1\r\nContent-Length: 1\r\n\r\n!",
		"HTTP/1.1 100 Continue\r\n\r\n" + ok2,
		"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + ok2,
		"HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\nLink: </a.css>\r\n\r\n" + ok2,
		"HTTP/1.1 200 OK\r\nConnection: Content-Length\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
		"HTTP/1.1 042 Odd\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 799 Odd\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 nothing\r\n\r\n",
		"HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\nbody",
		"HTTP/1.1 200 OK\r\nX-Long: " + strings.Repeat("x", 20<<10) + "\r\nContent-Length: 2\r\n\r\nok",
		"",
	} {
		w.answer = answer
		w.compare(t, get)
		w.compare(t, "GET / HTTP/1.1\r\nHost: a.example\r\nAccept: text/html\r\n\r\n")
		w.compare(t, "HEAD / HTTP/1.1\r\nHost: a.example\r\n\r\n")
	}
}

// Whatever a client sends, the app sees and the client gets what they would
// of the standard library's server.
func FuzzVisitor(f *testing.F) {
	w := newTwin(f)
	w.answer = ok2
	for _, name := range []string{"Host", "Connection", "Content-Length", "Transfer-Encoding", "X-A"} {
		for _, value := range []string{"", "a", "close", "0", "chunked", "1, 2"} {
			f.Add([]byte("/p?q"), name, value)
		}
	}
	f.Fuzz(func(t *testing.T, target []byte, name, value string) {
		if bytes.ContainsAny(target, " \r\n") || strings.ContainsAny(name+value, "\r\n") {
			t.Skip() // these would be several requests
		}
		raw := "GET " + string(target) + " HTTP/1.1\r\nHost: a.example\r\n" + name + ": " + value + "\r\n\r\n"
		if strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "Transfer-Encoding") {
			raw += "0\r\n\r\n" // what it promises, or garbage
		}
		w.compare(t, raw)
	})
}

// Requests that are sent before the answers to those before them have theirs
// in order, whichever way each goes.
func TestVisitor_AnswersPipelinedRequestsInOrder(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s%s", r.URL.Path, b)
	}), proxy.ProcessOptions{}))
	const one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
	const two = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
	const three = "PUT /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
	for _, row := range []struct{ sent, want string }{
		{one + one + one, "/1 /1 /1"},
		{one + two + one, "/1 /2body /1"},
		{two + one + two, "/2body /1 /2body"},
		{three + one + two + one, "/3x /1 /2body /1"},
	} {
		for _, pause := range []int{len(row.sent), 1, 29, 57} {
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			c.SetDeadline(time.Now().Add(patience))
			go func() {
				for rest := row.sent; rest != ""; {
					n := min(pause, len(rest))
					io.WriteString(c, rest[:n])
					rest = rest[n:]
					if pause > 1 {
						time.Sleep(time.Millisecond) // so that the pieces are read one by one
					}
				}
			}()
			in, got := bufio.NewReader(c), []string{}
			for range strings.Fields(row.want) {
				res, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Fatalf("%q in pieces of %d: %v after %q", row.sent, pause, err, got)
				}
				b, err := io.ReadAll(res.Body)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(b))
			}
			if s := strings.Join(got, " "); s != row.want {
				t.Errorf("%q in pieces of %d: %q, want %q", row.sent, pause, s, row.want)
			}
			c.Close()
		}
	}
}
