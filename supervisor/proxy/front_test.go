package proxy_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

func TestFront_LeadsToTheEmptyPageAtFirst(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	if got := f.Target().Kind(); got != "page" {
		t.Errorf("Kind() = %q", got)
	}
	res, body := get(t, address, "/any/path")
	if res.StatusCode != 200 || !strings.Contains(body, "slot deploy a") {
		t.Errorf("%d %q", res.StatusCode, body)
	}
	if res, _ := do(t, "POST", address, "/", strings.NewReader("order")); res.StatusCode != 503 {
		t.Errorf("POST to an empty slot: %d, want 503: nobody took it", res.StatusCode)
	}
}

// Each switch stops the old app for good, so that any request that still goes
// there fails.
func TestSwitch_LosesNoRequestUnderLoad(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	const releases, loaders = 12, 12
	start := func(release int) (*proxy.Target, func()) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if r.URL.Path == "/slow" {
				time.Sleep(30 * time.Millisecond) // the work of a slow request
			}
			fmt.Fprintf(w, "release %d", release)
		})}
		go server.Serve(ln)
		target := proxy.NewProcessTarget(release, ln.Addr().(*net.TCPAddr).Port,
			proxy.ProcessOptions{Info: info, Log: quiet(), Wait: -1})
		return target, func() { server.Close() }
	}
	current, stop := start(1)
	f.Switch(current)

	var served, failed atomic.Int64
	var firstFailure atomic.Pointer[string]
	ctx, cancel := context.WithCancel(context.Background())
	var loading sync.WaitGroup
	for n := range loaders {
		loading.Go(func() {
			client := newClient(t)
			client.Transport.(*http.Transport).DisableKeepAlives = n%4 == 0
			for ctx.Err() == nil {
				var res *http.Response
				var err error
				switch n % 3 {
				case 0:
					res, err = client.Get("http://" + address + "/")
				case 1:
					res, err = client.Post("http://"+address+"/", "text/plain", strings.NewReader(strings.Repeat("x", 64<<10)))
				case 2:
					res, err = client.Get("http://" + address + "/slow")
				}
				why := fmt.Sprint(err)
				if err == nil {
					b, readErr := io.ReadAll(res.Body)
					res.Body.Close()
					if res.StatusCode == 200 && readErr == nil && strings.HasPrefix(string(b), "release ") {
						served.Add(1)
						continue
					}
					why = fmt.Sprint(res.StatusCode, readErr, string(b))
				}
				failed.Add(1)
				firstFailure.CompareAndSwap(nil, &why)
			}
		})
	}
	for release := 2; release <= releases; release++ {
		before := served.Load()
		next, stopNext := start(release)
		old := f.Switch(next)
		if old != current {
			t.Fatalf("Switch returned release %d", old.Release())
		}
		if err := old.Drain(within(t, patience)); err != nil {
			t.Error(err)
		}
		stop()
		current, stop = next, stopNext
		eventually(t, "requests after the switch", func() bool { return served.Load() > before+20 })
	}
	cancel()
	loading.Wait()
	cut(current)
	stop()
	if failed.Load() > 0 {
		t.Errorf("%d of %d requests failed, the first with %s", failed.Load(), failed.Load()+served.Load(), *firstFailure.Load())
	}
	if got := current.Stats(); got.Requests == 0 || got.Failures != 0 {
		t.Errorf("Stats() = %+v", got)
	}
}

func TestHold_MakesRequestsWaitForTheNextTarget(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	old := newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "old") }), proxy.ProcessOptions{})
	f.Switch(old)
	f.Hold()
	f.Hold()
	if err := old.Drain(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	var waiting sync.WaitGroup
	var answered atomic.Int64
	for range 8 {
		waiting.Go(func() {
			res, err := newClient(t).Get("http://" + address + "/")
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			answered.Add(1)
			if b, _ := io.ReadAll(res.Body); string(b) != "new" {
				t.Errorf("answer %d %q", res.StatusCode, b)
			}
		})
	}
	time.Sleep(50 * time.Millisecond) // an answer while held would come by now
	if n := answered.Load(); n > 0 {
		t.Errorf("%d requests were answered while held", n)
	}
	f.Switch(newProcess(t, 2, newApp(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "new") }), proxy.ProcessOptions{}))
	f.Resume()
	f.Resume()
	waiting.Wait()
}

func TestHold_EndsWithRetryAfterWhenItTakesTooLong(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{MaxHold: 30 * time.Millisecond})
	f.Hold()
	defer f.Resume()
	res, _ := get(t, address, "/")
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
}

func TestFront_AnswersWhenTheTargetWasDrainedAndNotReplaced(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	cut(f.Target())
	if res, _ := get(t, address, "/"); res.StatusCode != 503 {
		t.Errorf("%d", res.StatusCode)
	}
}

func TestServe_LetsRequestsInFlightEnd(t *testing.T) {
	f := proxy.NewFront(proxy.FrontOptions{Name: "a", Log: quiet(), Grace: patience})
	inside, release := make(chan struct{}), make(chan struct{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-release
		io.WriteString(w, "done")
	}), proxy.ProcessOptions{}))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(ctx, ln) }()
	got := make(chan string, 1)
	go func() {
		res, err := newClient(t).Get("http://" + ln.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		got <- string(b)
	}()
	<-inside
	cancel()
	select {
	case err := <-ended:
		t.Fatalf("Serve returned before the request ended: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if s := <-got; s != "done" {
		t.Error(s)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServe_SaysWhyItCannotServe(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	f := proxy.NewFront(proxy.FrontOptions{Name: "b", Log: quiet()})
	if err := f.Serve(context.Background(), ln); err == nil || !strings.Contains(err.Error(), "cannot serve slot b") {
		t.Errorf("Serve: %v", err)
	}
}

func TestHoldFor_EndsByItselfOrWithResume(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(proxy.NewPageTarget(proxy.PageStarting, info))
	begun := time.Now()
	f.HoldFor(30 * time.Millisecond)
	if res, body := get(t, address, "/"); res.StatusCode != 503 || !strings.Contains(body, "tarting") || time.Since(begun) < 30*time.Millisecond {
		t.Errorf("after %v: %d %q", time.Since(begun), res.StatusCode, body)
	}
	// One that was resumed does not end the next.
	f.HoldFor(50 * time.Millisecond)
	f.Resume()
	f.Hold()
	f.HoldFor(time.Millisecond) // held already: no sooner than that ends
	answered := make(chan string, 1)
	go func() {
		res, err := newClient(t).Get("http://" + address + "/")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		answered <- string(b)
	}()
	select {
	case got := <-answered:
		t.Errorf("answered while held: %q", got)
	case <-time.After(100 * time.Millisecond):
	}
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "app") }), proxy.ProcessOptions{}))
	f.Resume()
	if got := <-answered; got != "app" {
		t.Errorf("got %q", got)
	}
}
