package deploy

import (
	"github.com/slot-paas/slot/slot"
)

// UnderWay returns the deployments that run or wait, by slot.
func (e *Engine) UnderWay() []slot.Deployment {
	var all []slot.Deployment
	for _, n := range slot.Names() {
		l := e.lanes[n]
		l.mu.Lock()
		jobs := []*job{l.running, l.waiting}
		l.mu.Unlock()
		for _, j := range jobs {
			if j != nil {
				all = append(all, j.record())
			}
		}
	}
	return all
}
