package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/proxy"
)

func TestTraffic_CountsWhatCameToTheSlot(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		status := http.StatusOK
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.WriteHeader(status)
		io.WriteString(w, "0123456789")
	}), proxy.ProcessOptions{}))
	for _, path := range []string{"/", "/200", "/404", "/500", "/503"} {
		do(t, "POST", address, path, strings.NewReader("12345"))
	}
	get(t, address, "/302")
	eventually(t, "the last request to end", func() bool { return f.Traffic().InFlight == 0 })
	got := f.Traffic()
	if got.Slot != "a" || got.Requests != 6 || got.Status != (slot.StatusClasses{Success: 2, Redirect: 1, ClientError: 1, ServerError: 2}) {
		t.Errorf("%+v", got)
	}
	if got.BytesIn != 25 || got.BytesOut != 60 {
		t.Errorf("%d bytes in, %d out", got.BytesIn, got.BytesOut)
	}
	timed, requests, failures := int64(0), int64(0), int64(0)
	for _, n := range got.Latency.Counts {
		timed += n
	}
	for i := range got.Recent.Requests {
		requests += got.Recent.Requests[i]
		failures += got.Recent.Failures[i]
	}
	if timed != 6 || got.Latency.Sum <= 0 || requests != 6 || failures != 2 {
		t.Errorf("%d timed, %d recent, %d failed: %+v", timed, requests, failures, got)
	}
}

func TestTraffic_APageThatStandsThereOnPurposeIsNoFailure(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(proxy.NewPageTarget(proxy.PageStopped, info))
	get(t, address, "/")
	f.Switch(newProcess(t, 1, freePort(t), proxy.ProcessOptions{Wait: -1}))
	get(t, address, "/")
	eventually(t, "both to end", func() bool { return f.Traffic().Requests == 2 })
	got := f.Traffic()
	failures := int64(0)
	for _, n := range got.Recent.Failures {
		failures += n
	}
	if got.Status.ServerError != 2 || failures != 1 {
		t.Errorf("%d of 5xx, %d failures; want 2, 1", got.Status.ServerError, failures)
	}
}

func TestTraffic_KnowsOpenRequestsAndWebSockets(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	answer := make(chan struct{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			<-answer
			return
		}
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		io.Copy(c, c)
	}), proxy.ProcessOptions{}))
	var waiting sync.WaitGroup
	waiting.Go(func() { get(t, address, "/") })
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	if res, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || res.StatusCode != 101 {
		t.Fatalf("%v %v", res, err)
	}
	eventually(t, "one of each", func() bool { got := f.Traffic(); return got.InFlight == 1 && got.Upgraded == 1 })
	close(answer)
	waiting.Wait()
	c.Close()
	eventually(t, "none of each", func() bool { got := f.Traffic(); return got.InFlight == 0 && got.Upgraded == 0 })
	if got := f.Traffic(); got.Status.Upgrade != 1 || got.Requests != 2 {
		t.Errorf("%+v", got)
	}
}

func TestTraffic_LosesNoCount(t *testing.T) {
	f, _ := newFront(t, proxy.FrontOptions{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				f.ServeHTTP(&discard{header: http.Header{}}, newRequest(t))
			}
		})
	}
	all.Wait()
	got := f.Traffic()
	recent := int64(0)
	for _, n := range got.Recent.Requests {
		recent += n
	}
	if got.Requests != 4000 || recent != 4000 || got.InFlight != 0 {
		t.Errorf("%d requests, %d recent, %d in flight; want 4000, 4000, 0", got.Requests, recent, got.InFlight)
	}
}

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

func newRequest(t testing.TB) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "127.0.0.1:1"
	return r
}
