package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

func TestDrain_WaitsForASlowRequest(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	inside, release := make(chan struct{}), make(chan struct{})
	target := newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-release
		io.WriteString(w, "late")
	}), proxy.ProcessOptions{})
	f.Switch(target)
	got := make(chan string, 1)
	go func() {
		res, err := newClient(t).Get("http://" + address)
		if err != nil {
			got <- err.Error()
			return
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		got <- string(b)
		if err != nil {
			t.Error(err)
		}
	}()
	<-inside
	f.Switch(proxy.NewPageTarget(proxy.PageStopped, info))
	drained := make(chan error, 1)
	go func() { drained <- target.Drain(context.Background()) }()
	select {
	case <-drained:
		t.Fatal("drained with a request in flight")
	case <-time.After(50 * time.Millisecond):
	}
	if n := target.InFlight(); n != 1 {
		t.Errorf("InFlight() = %d", n)
	}
	close(release)
	if err := <-drained; err != nil {
		t.Error(err)
	}
	if s := <-got; s != "late" {
		t.Error(s)
	}
	if n := target.InFlight(); n != 0 {
		t.Errorf("InFlight() = %d after the drain", n)
	}
}

func TestDrain_CutsWhatRemainsWhenItsTimeEnds(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	target := newProcess(t, 7, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "first half")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}), proxy.ProcessOptions{})
	f.Switch(target)
	res, err := newClient(t).Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	err = target.Drain(within(t, 30*time.Millisecond))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "release 7: 1 requests") {
		t.Errorf("Drain: %v", err)
	}
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("the answer was cut short and the client was not told")
	}
	eventually(t, "the request to end", func() bool { return target.InFlight() == 0 })
}

// upgrade opens a connection that echoes lines after a 101.
func upgrade(t *testing.T, address string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, "GET /ws HTTP/1.1\r\nHost: app.example\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	r := bufio.NewReader(c)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 101 || res.Header.Get("Upgrade") != "echo" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	return c, r
}

func echo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "echo" {
		io.WriteString(w, "plain")
		return
	}
	c, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	io.Copy(c, rw)
}

func TestDrain_ClosesUpgradedConnectionsWithoutWaitingForThem(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	target := newProcess(t, 1, newApp(t, echo), proxy.ProcessOptions{})
	f.Switch(target)
	c, r := upgrade(t, address)
	io.WriteString(c, "hello\n")
	if line, err := r.ReadString('\n'); line != "hello\n" {
		t.Fatalf("%q %v", line, err)
	}
	if s := target.Stats(); s.Upgraded != 1 || s.InFlight != 0 {
		t.Errorf("Stats() = %+v", s)
	}
	if err := target.Drain(within(t, patience)); err != nil {
		t.Error(err)
	}
	if _, err := r.ReadByte(); err == nil {
		t.Error("the upgraded connection is still open")
	}
	eventually(t, "the upgraded connection to be forgotten", func() bool { return target.Stats().Upgraded == 0 })
}

func TestUpgrade_PassesTheClientsEndOn(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, echo), proxy.ProcessOptions{}))
	c, r := upgrade(t, address)
	io.WriteString(c, "last words")
	c.(*net.TCPConn).CloseWrite()
	if b, err := io.ReadAll(r); string(b) != "last words" || err != nil {
		t.Errorf("%q %v", b, err)
	}
}

func TestDrain_ClosesIdleConnectionsToTheApp(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	closed := make(chan struct{})
	app := &http.Server{
		Handler: http.HandlerFunc(echo),
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateClosed {
				close(closed)
			}
		},
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Serve(ln)
	defer app.Close()
	target := newProcess(t, 1, ln.Addr().(*net.TCPAddr).Port, proxy.ProcessOptions{})
	f.Switch(target)
	get(t, address, "/")
	start := time.Now()
	if err := target.Drain(within(t, patience)); err != nil {
		t.Error(err)
	}
	select {
	case <-closed:
	case <-time.After(patience):
		t.Fatal("still open")
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("closed by the idle timeout after %v, not by the drain", d)
	}
	if err := target.Drain(within(t, patience)); err != nil {
		t.Errorf("a second Drain: %v", err)
	}
}
