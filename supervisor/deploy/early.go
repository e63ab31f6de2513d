package deploy

import (
	"time"

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

// shortWait is how long visitors of a slot that is started wait for the app,
// before they get the page that says so: what takes no longer is not felt as an
// interruption (Nielsen, Usability Engineering, 1993, chapter 5).
const shortWait = time.Second

// expect lets the visitors of a slot that is started wait a little: most apps
// answer before a browser would show the page that tells to wait.
func (r *run) expect() {
	l := r.lane
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.job.req.Action == slot.ActionStart && !l.lent {
		l.e.Fronts[l.name].HoldFor(shortWait)
	}
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
