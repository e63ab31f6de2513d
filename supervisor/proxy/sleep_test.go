package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

func TestSleep_WakesAndWaitsForTheApp(t *testing.T) {
	app := newApp(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("awake")) })
	f := proxy.NewFront(proxy.FrontOptions{Name: "a", MaxHold: time.Millisecond})
	woken := make(chan struct{}, 10)
	f.Hold() // a hold before it is no reason not to wake
	f.Sleep(time.Minute, func() { woken <- struct{}{} })
	var status atomic.Int64
	done := make(chan string, 1)
	go func() {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		status.Store(int64(w.Code))
		done <- w.Body.String()
	}()
	<-woken
	select {
	case body := <-done:
		t.Fatalf("it did not wait: %d %s", status.Load(), body)
	case <-time.After(20 * time.Millisecond): // longer than the front holds
	}
	f.Switch(newProcess(t, 1, app, proxy.ProcessOptions{}))
	f.Resume()
	if body := <-done; body != "awake" || status.Load() != http.StatusOK {
		t.Errorf("answered %d %q", status.Load(), body)
	}
	if len(woken) != 0 {
		t.Errorf("woken %d times more", len(woken))
	}
}

func TestSleep_GivesUpWhenNobodyComes(t *testing.T) {
	f := proxy.NewFront(proxy.FrontOptions{Name: "a", MaxHold: time.Millisecond})
	f.Sleep(5*time.Millisecond, func() {})
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("answered %d", w.Code)
	}
}
