package deploy

import (
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// Usage measures what each slot takes now. Nothing is measured unless it is
// asked for.
func (e *Engine) Usage() []slot.Usage {
	all := make([]slot.Usage, 0, len(e.lanes))
	for _, n := range slot.Names() {
		all = append(all, e.lanes[n].usage())
	}
	return all
}

func (l *lane) usage() slot.Usage {
	cfg := l.e.Store.Config().Slots[l.name]
	u := slot.Usage{Slot: l.name, LimitKiB: int64(cfg.MemoryLimit) / 1024, CPULimit: cfg.CPULimit}
	l.mu.Lock()
	now := l.current
	u.State, u.Since = l.state, l.since
	l.mu.Unlock()
	u.Alerts = l.alarms.raised()
	came := l.e.Fronts[l.name].Traffic()
	u.Requests, u.Errors, u.InFlight = came.Requests, came.Status.ServerError, came.InFlight+came.Upgraded
	if now != nil {
		u.Release, u.State = now.release.ID, slot.StateLive
		if now.web != nil {
			snap := now.web.Snapshot()
			u.State, u.Since, u.PID, u.Restarts = processState[snap.State], snap.Since, snap.Identity.PID, snap.Restarts
		}
		takes := l.measure(now)
		u.MemoryKiB, u.CPUMS, u.Processes, u.Threads = takes.MemoryKiB, takes.CPU.Milliseconds(), takes.Processes, takes.Threads
	}
	u.At = time.Now()
	return u
}

// measure sums what the processes of a release take.
func (l *lane) measure(u *unit) process.Usage {
	var sum process.Usage
	for _, p := range l.procsOf(u) {
		if id := p.Snapshot().Identity; id.PID != 0 {
			sum = sum.Add(process.Measure(id, true))
		}
	}
	return sum
}
