package deploy

import (
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// serveEarly gives the traffic to a release that has answered once, where
// nothing serves and it was live before: a slot that is started, or that a
// visitor wakes. There is no other release to protect, and a second answer is
// still wanted.
func (r *run) serveEarly(port int) {
	if r.old != nil || r.job.req.Action != slot.ActionStart {
		return
	}
	r.lead(port)
	r.setEarly(true)
	r.lane.point(r.next.target)
	r.lane.e.Fronts[r.lane.name].Resume()
}

// lead makes the target that the switch gives the traffic to.
func (r *run) lead(port int) {
	if r.next.target == nil || r.port != port {
		r.next.target, r.port = r.lane.processTarget(r.release, r.next.web, port), port
	}
}

// withdraw takes back the traffic of a release that failed, if it had some.
func (r *run) withdraw() {
	if r.early {
		r.setEarly(false)
		r.lane.show(proxy.PageStarting)
	}
}

func (r *run) setEarly(early bool) {
	r.early = early
	r.lane.mu.Lock()
	r.lane.early = early
	r.lane.mu.Unlock()
}
