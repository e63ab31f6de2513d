package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

// newRawApp serves connections by hand and returns its port and how many came.
func newRawApp(t *testing.T, serve func(n int64, c net.Conn, in *bufio.Reader)) (port int, came *atomic.Int64) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	came = new(atomic.Int64)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			n := came.Add(1)
			c.SetDeadline(time.Now().Add(patience))
			go func() {
				defer c.Close()
				serve(n, c, bufio.NewReader(c))
			}()
		}
	}()
	return ln.Addr().(*net.TCPAddr).Port, came
}

// readRequest reads one request whole; false at the end of the connection.
func readRequest(in *bufio.Reader) (path, body string, ok bool) {
	r, err := http.ReadRequest(in)
	if err != nil {
		return "", "", false
	}
	b, err := io.ReadAll(r.Body)
	return r.URL.Path, string(b), err == nil
}

const ok2 = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func TestBackend_KeepsConnectionsByTheAnswer(t *testing.T) {
	// A request may come before the connection of the one before is free again.
	const requests = 10
	for _, row := range []struct {
		name, method, answer, body string
		kept                       bool
	}{
		{"length", "GET", ok2, "ok", true},
		{"length, of a POST", "POST", ok2, "ok", true},
		{"chunked", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok", true},
		{"no body", "GET", "HTTP/1.1 204 No Content\r\n\r\n", "", true},
		{"head", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "", true},
		{"interim answers", "GET", "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + ok2, "ok", true},
		{"close", "GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "ok", false},
		{"HTTP/1.0", "GET", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", false},
		{"more than the answer", "GET", ok2 + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "ok", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			port, came := newRawApp(t, func(_ int64, c net.Conn, in *bufio.Reader) {
				for {
					if _, _, ok := readRequest(in); !ok {
						return
					}
					io.WriteString(c, row.answer)
				}
			})
			f, address := newFront(t, proxy.FrontOptions{})
			f.Switch(newProcess(t, 1, port, proxy.ProcessOptions{}))
			for range requests {
				var body io.Reader
				if row.method == "POST" {
					body = strings.NewReader("sent")
				}
				if res, got := do(t, row.method, address, "/", body); res.StatusCode/100 != 2 || got != row.body {
					t.Errorf("%d %q", res.StatusCode, got)
				}
			}
			if n := came.Load(); row.kept == (n == requests) {
				t.Errorf("%d connections for %d requests", n, requests)
			}
		})
	}
}

// What an app says unasked between two requests would else be the answer to
// the next visitor.
func TestBackend_GivesNobodyAnAnswerThatNobodyAskedFor(t *testing.T) {
	spoken := make(chan struct{})
	port, came := newRawApp(t, func(n int64, c net.Conn, in *bufio.Reader) {
		readRequest(in)
		io.WriteString(c, ok2)
		if n == 1 {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
			close(spoken)
		}
		readRequest(in)
		io.WriteString(c, ok2)
	})
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, port, proxy.ProcessOptions{}))
	for range 2 {
		if _, body := get(t, address, "/"); body != "ok" {
			t.Errorf("%q", body)
		}
		<-spoken
	}
	if n := came.Load(); n != 2 {
		t.Errorf("%d connections, want 2: the first is not to be trusted", n)
	}
}

// The app restarts between two POSTs: the kept connection is dead, which is
// seen before anything is sent.
func TestBackend_DoesNotSendAPostIntoADeadConnection(t *testing.T) {
	port, came := newRawApp(t, func(_ int64, c net.Conn, in *bufio.Reader) {
		readRequest(in)
		io.WriteString(c, ok2)
	})
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, port, proxy.ProcessOptions{}))
	for n := range int64(3) {
		if res, body := do(t, "POST", address, "/", strings.NewReader("x")); res.StatusCode != 200 || body != "ok" {
			t.Errorf("%d %q", res.StatusCode, body)
		}
		eventually(t, "the app's close", func() bool { return came.Load() == n+1 })
		time.Sleep(20 * time.Millisecond) // its FIN is on its way
	}
}

func TestBackend_BoundsWhatAnAppMaySayBeforeItsAnswer(t *testing.T) {
	for name, line := range map[string]string{
		"header": "X-Filler: " + strings.Repeat("x", 1000) + "\r\n",
		"1xx":    "\r\nHTTP/1.1 103 Early Hints\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			port, _ := newRawApp(t, func(_ int64, c net.Conn, in *bufio.Reader) {
				readRequest(in)
				io.WriteString(c, "HTTP/1.1 103 Early Hints\r\n")
				for {
					if _, err := io.WriteString(c, line); err != nil {
						return
					}
				}
			})
			f, address := newFront(t, proxy.FrontOptions{})
			f.Switch(newProcess(t, 1, port, proxy.ProcessOptions{}))
			if res, _ := get(t, address, "/"); res.StatusCode != 502 {
				t.Errorf("%d", res.StatusCode)
			}
		})
	}
}

func TestBackend_ExpectedBodies(t *testing.T) {
	for _, row := range []struct {
		name  string
		serve func(c net.Conn, in *bufio.Reader)
		want  string
	}{
		{"asked for", func(c net.Conn, in *bufio.Reader) {
			r, err := http.ReadRequest(in)
			if err != nil || in.Buffered() > 0 {
				t.Errorf("%v, %d bytes of the body came unasked", err, in.Buffered())
				return
			}
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
			b, _ := io.ReadAll(r.Body)
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(b), b)
		}, "200 the body"},
		{"never asked for", func(c net.Conn, in *bufio.Reader) {
			_, body, _ := readRequest(in) // an app that knows nothing of Expect
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		}, "200 the body"},
		{"refused", func(c net.Conn, in *bufio.Reader) {
			if _, err := http.ReadRequest(in); err == nil {
				io.WriteString(c, "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno")
			}
			if n, err := in.Read(make([]byte, 100)); n > 0 {
				t.Errorf("%d bytes of the body came nevertheless, %v", n, err)
			}
		}, "417 no"},
	} {
		t.Run(row.name, func(t *testing.T) {
			port, _ := newRawApp(t, func(_ int64, c net.Conn, in *bufio.Reader) { row.serve(c, in) })
			f, address := newFront(t, proxy.FrontOptions{})
			f.Switch(newProcess(t, 1, port, proxy.ProcessOptions{}))
			r, err := http.NewRequest("POST", "http://"+address, strings.NewReader("the body"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Expect", "100-continue")
			tr := &http.Transport{ExpectContinueTimeout: patience}
			defer tr.CloseIdleConnections()
			res, err := (&http.Client{Transport: tr, Timeout: patience}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			b, _ := io.ReadAll(res.Body)
			if got := fmt.Sprint(res.StatusCode, " ", string(b)); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

// An app may answer and go on reading: the client hears the answer at once.
func TestBackend_PassesAnAnswerOnBeforeTheBodyHasEnded(t *testing.T) {
	port, _ := newRawApp(t, func(_ int64, c net.Conn, in *bufio.Reader) {
		if _, err := http.ReadRequest(in); err == nil {
			io.WriteString(c, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
		}
		io.Copy(io.Discard, in)
	})
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, port, proxy.ProcessOptions{}))
	body, write := io.Pipe()
	defer write.Close()
	r, err := http.NewRequest("POST", "http://"+address, body)
	if err != nil {
		t.Fatal(err)
	}
	go write.Write([]byte("begun"))
	res, err := newClient(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); res.StatusCode != 401 || string(b) != "no" {
		t.Errorf("%d %q", res.StatusCode, b)
	}
}

func TestBackend_RefusesAnUpgradeThatNobodyAskedFor(t *testing.T) {
	for name, header := range map[string]string{"to another": "Connection: Upgrade\r\nUpgrade: other\r\n", "to none": ""} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan error, 1)
			port, _ := newRawApp(t, func(_ int64, c net.Conn, in *bufio.Reader) {
				readRequest(in)
				io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\n"+header+"\r\n")
				_, err := in.ReadByte()
				ended <- err
			})
			f, address := newFront(t, proxy.FrontOptions{})
			f.Switch(newProcess(t, 1, port, proxy.ProcessOptions{}))
			if res, _ := get(t, address, "/"); res.StatusCode != 502 {
				t.Errorf("%d", res.StatusCode)
			}
			if err := <-ended; err != io.EOF {
				t.Errorf("the connection was left open: %v", err)
			}
		})
	}
}
