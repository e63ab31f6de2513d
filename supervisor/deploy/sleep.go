package deploy

import (
	"context"
	"fmt"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// watchVisitors puts the slot to sleep when nobody has asked for anything for
// long. An open WebSocket or a request that is being answered keeps it awake.
func (l *lane) watchVisitors(w watched) watch {
	return func(ctx context.Context, u *unit) {
		after := time.Duration(w.sleep)
		seen, since := int64(-1), time.Now()
		every(ctx, min(max(after/10, 100*time.Millisecond), time.Minute), func() {
			came := l.e.Fronts[l.name].Traffic()
			if came.Requests != seen || came.InFlight > 0 || came.Upgraded > 0 || u.web.Snapshot().State != process.Running {
				seen, since = came.Requests, time.Now()
			}
			if time.Since(since) >= after {
				l.mu.Lock()
				if !l.lent {
					l.drowsy = u
				}
				l.mu.Unlock()
				l.poke()
			}
		})
	}
}

// doze stops what serves until somebody asks for it. Requests that come from
// now on wait; those under way end.
func (l *lane) doze(u *unit) {
	if l.serves() != u {
		return
	}
	asleep := false
	err := l.e.Store.UpdateState(l.name, func(s *slot.SlotState) error {
		if asleep = s.Desired == slot.DesiredRunning; asleep {
			s.Desired = slot.DesiredAsleep
		}
		return nil
	})
	if err != nil {
		l.e.Log.Error("cannot put the slot to sleep", slot.KeySlot, l.name, slot.KeyError, err)
		return
	}
	if !asleep {
		return
	}
	cfg := l.e.Store.Config().Slots[l.name]
	l.tell("-", fmt.Sprintf("asleep: no request for %v; the next one starts it", cfg.SleepAfter))
	l.page(slot.StateAsleep)
	drainCtx, cancel := context.WithTimeout(context.Background(), cfg.Deployment.Drain.Or(slot.DefaultDrain))
	defer cancel()
	_ = u.target.Drain(drainCtx) // what is still open then is cut by the stop
	if err := l.stopUnit(context.Background(), u); err != nil {
		l.e.Log.Error("cannot put the slot to sleep", slot.KeySlot, l.name, slot.KeyError, err)
	}
}

// awaitVisitor holds the requests of a slot that sleeps.
func (l *lane) awaitVisitor() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.lent {
		l.e.Fronts[l.name].Sleep(l.patience(), l.rouse)
	}
}

// patience is how long a request waits for a slot that wakes: until its health
// check has failed, and a little, or the whole end of one that falls asleep.
func (l *lane) patience() time.Duration {
	cfg := l.e.Store.Config().Slots[l.name]
	limit := cfg.HealthCheck.Timeout.Or(slot.DefaultCheckTimeout)
	if rel, err := l.e.Store.Release(l.name, l.e.Store.State(l.name).Release); err == nil && cfg.HealthCheck.Timeout == 0 && rel.Plan.Health.StartTimeoutS > 0 {
		limit = time.Duration(rel.Plan.Health.StartTimeoutS) * time.Second
	}
	return limit + cfg.StopTimeout.Or(slot.DefaultStopTimeout) + 5*time.Second
}

// rouse tells the lane of a visitor and returns at once.
func (l *lane) rouse() {
	select {
	case l.call <- struct{}{}:
	default:
	}
}

// awake starts a slot that sleeps, unless something starts there already.
func (l *lane) awake() {
	l.mu.Lock()
	needed := l.state == slot.StateAsleep && l.current == nil && l.running == nil && l.waiting == nil && len(l.stops) == 0
	l.mu.Unlock()
	if !needed {
		return
	}
	if _, err := l.e.Submit(slot.Request{Slot: l.name, Action: slot.ActionStart, Trigger: wakeTrigger}); err != nil {
		l.e.Log.Error("cannot wake the slot", slot.KeySlot, l.name, slot.KeyError, err)
	}
}
