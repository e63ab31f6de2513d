package deploy

import (
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// page makes the slot show a page because nothing serves.
func (l *lane) page(s slot.State) {
	l.mu.Lock()
	l.current, l.state, l.since = nil, s, time.Now()
	l.mu.Unlock()
	l.rewatch()
	l.show(pageOf(s))
	if s == slot.StateAsleep {
		l.awaitVisitor()
	} else {
		l.e.Fronts[l.name].Resume()
	}
}

// pageOf is the page that tells a visitor of a state.
func pageOf(s slot.State) proxy.Page {
	switch s {
	case slot.StateEmpty:
		return proxy.PageEmpty
	case slot.StateStarting, slot.StateAsleep:
		return proxy.PageStarting
	case slot.StateStopped:
		return proxy.PageStopped
	}
	return proxy.PageFailed
}

func (l *lane) show(p proxy.Page) {
	l.point(proxy.NewPageTarget(p, l.info()))
}

// beginPage tells visitors of a slot where nothing serves that something is
// under way.
func (r *run) beginPage() {
	switch {
	case r.old != nil:
	case r.job.req.Action == slot.ActionDeploy && r.job.record().Previous == 0:
		r.lane.show(proxy.PageDeploying)
	default:
		r.lane.show(proxy.PageStarting)
		r.expect()
	}
}

// failPage says what is left where nothing served before and nothing does now.
func (r *run) failPage() {
	l := r.lane
	if r.old != nil {
		return
	}
	l.mu.Lock()
	state := l.state
	l.mu.Unlock()
	if state == slot.StateStarting || state == slot.StateAsleep && r.job.req.Trigger == wakeTrigger {
		state = slot.StateFailed
	}
	l.page(state)
}
