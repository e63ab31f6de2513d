package deploy

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// The paces of what is watched, and only where the slot asks for it: limits
// that no kernel holds (PM2 looks every thirty seconds, and its users find it
// too slow), and what alerts go by.
const (
	limitsPace = 2 * time.Second
	alertsPace = 5 * time.Second
)

// watched is what decides what of a slot is watched: while it stays the same,
// so does what was seen.
type watched struct {
	unit      *unit
	memory    slot.Size
	processes int
	health    slot.HealthCheck
	alerts    slot.Alerts
	cores     slot.Cores
	sleep     slot.Duration
}

// watch looks after one thing about what serves until ctx ends.
type watch func(ctx context.Context, u *unit)

// keepWatch is a goroutine of the lane that starts what is to be watched and
// ends it when that is something else. At rest, and for a slot that asks for
// nothing, it waits.
func (l *lane) keepWatch() {
	var now watched
	var wg sync.WaitGroup
	end := context.CancelFunc(func() {})
	for {
		if next := l.toWatch(); !reflect.DeepEqual(next, now) {
			end()
			wg.Wait()
			now = next
			var ctx context.Context
			ctx, end = context.WithCancel(context.Background())
			for _, look := range l.watches(now) {
				wg.Go(func() { look(ctx, now.unit) })
			}
		}
		select {
		case <-l.look:
		case <-l.call:
			l.awake()
		case <-l.quit:
			end()
			wg.Wait()
			return
		}
	}
}

func (l *lane) toWatch() watched {
	cfg := l.e.Store.Config().Slots[l.name]
	w := watched{
		unit: l.serves(), memory: cfg.MemoryLimit, processes: cfg.Processes, health: cfg.HealthCheck,
		alerts: cfg.Monitoring.Alerts, cores: cfg.CPULimit, sleep: cfg.SleepAfter,
	}
	if w.unit == nil {
		return watched{}
	}
	return w
}

func (l *lane) watches(w watched) []watch {
	if w.unit == nil {
		return nil
	}
	var all []watch
	if w.alerts != (slot.Alerts{}) {
		all = append(all, l.watchAlerts(w))
	}
	if w.unit.web == nil {
		return all // files neither grow nor hang nor cost anything at rest
	}
	if w.memory > 0 || w.processes > 0 {
		all = append(all, l.watchLimits(w))
	}
	if w.sleep > 0 && !w.unit.release.Plan.HasWorkers() {
		all = append(all, l.watchVisitors(w))
	}
	if _, _, asks := w.health.Asks(); asks {
		all = append(all, l.watchLiveness(w))
	}
	return all
}

// rewatch makes the lane look again at what is to be watched.
func (l *lane) rewatch() {
	select {
	case l.look <- struct{}{}:
	default:
	}
}

// Reconfigured puts into effect what of a changed configuration needs no start:
// what is watched.
func (e *Engine) Reconfigured() {
	for _, l := range e.lanes {
		l.rewatch()
	}
}

// every calls look at its pace until ctx ends.
func every(ctx context.Context, pace time.Duration, look func()) {
	t := time.NewTicker(pace)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			look()
		}
	}
}
