package deploy

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// A start of what was there before is short: its visitors wait for it. What is
// new may take long, and they see so at once.
func TestExpect_HoldsTheVisitorsOfAStartOnly(t *testing.T) {
	e := newEngine(t)
	l := e.lanes["a"]
	front := e.Fronts["a"]
	for action, held := range map[slot.Action]bool{slot.ActionStart: true, slot.ActionDeploy: false} {
		front.Switch(proxy.NewPageTarget(proxy.PageStarting, proxy.Info{Slot: "a"}))
		(&run{lane: l, job: &job{req: slot.Request{Action: action}}}).expect()
		answered := make(chan int, 1)
		go func() {
			w := httptest.NewRecorder()
			front.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			answered <- w.Code
		}()
		time.Sleep(50 * time.Millisecond) // one that is not held has its page by now
		front.Switch(proxy.NewPageTarget(proxy.PageEmpty, proxy.Info{Slot: "a"}))
		front.Resume()
		want := http.StatusServiceUnavailable
		if held {
			want = http.StatusOK
		}
		if got := <-answered; got != want {
			t.Errorf("%s: a visitor got %d, want %d", action, got, want)
		}
	}
}
