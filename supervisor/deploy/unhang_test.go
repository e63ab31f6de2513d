package deploy

import (
	"errors"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// hung is a lane whose web process is taken for hung.
func hung(t *testing.T) (*lane, *unit, *heardOf) {
	t.Helper()
	e, h := newEngine(t), &heardOf{}
	e.Notify = h
	err := e.Store.UpdateConfig(func(c *slot.Config) error {
		c.Slots["a"] = slot.SlotConfig{Monitoring: slot.MonitoringConfig{NotifyURL: "https://chat.example.com/x"}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	u := &unit{release: slot.Release{ID: 1, Slot: "a"}, web: startProc(t, nil, "sleep", "600")}
	u.web.Ready()
	l := e.lanes["a"]
	u.target = proxy.NewPageTarget(proxy.PageEmpty, l.info())
	eventually(t, "the process", func() bool { return u.web.Snapshot().State == process.Running })
	l.mu.Lock()
	l.current = u
	l.mu.Unlock()
	t.Cleanup(func() {
		l.mu.Lock()
		l.current = nil // the engine must not leave it for another daemon
		l.mu.Unlock()
	})
	return l, u, h
}

func TestUnhang_RestartsAloneWhatCouldNotBeReplaced(t *testing.T) {
	l, u, h := hung(t)
	p := &probe{path: "/alive", last: errors.New("timeout")}
	old := u.web.Snapshot().Identity
	seen := &liveness{failures: 4, tries: 1}
	l.unhang(u, p, seen)
	eventually(t, "another run", func() bool {
		now := u.web.Snapshot()
		return now.State == process.Running && now.Identity.PID != 0 && now.Identity != old
	})
	eventually(t, "a notice", h.has(slot.NoticeRestarted, "web of slot a does not answer: GET /alive failed 4 times in a row: timeout"))
	old = u.web.Snapshot().Identity
	l.unhang(u, p, seen) // at once again: it is not time yet
	<-time.After(50 * time.Millisecond)
	if u.web.Snapshot().Identity != old {
		t.Error("it was restarted again at once")
	}
}

func TestHoldToLimits_EndsAtOnceWhatIsFarAboveThem(t *testing.T) {
	l, u, h := hung(t)
	l.holdToLimits(u, u.web, watched{memory: 1 << 10}) // a KiB
	eventually(t, "its end", func() bool { return u.web.Snapshot().State == process.Ended })
	eventually(t, "a notice", h.has(slot.NoticeRestarted, "of memory, memory_limit is 1K"))
}

func TestHoldToLimits_AWorkerBeginsAgain(t *testing.T) {
	l, u, _ := hung(t)
	worker := startProc(t, nil, "sleep", "600")
	worker.Ready()
	worker.typ = "worker"
	l.employ(u, []*proc{worker})
	old := worker.Snapshot().Identity
	eventually(t, "the worker", func() bool { return worker.Snapshot().State == process.Running })
	l.holdToLimits(u, worker, watched{memory: 1 << 10})
	eventually(t, "another run", func() bool {
		now := worker.Snapshot()
		return now.State == process.Running && now.Identity.PID != 0 && now.Identity != old
	})
	l.employ(u, nil)
}
