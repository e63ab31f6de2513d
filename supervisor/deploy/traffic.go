package deploy

import "github.com/slot-paas/slot/slot"

// Traffic counts the requests to every slot since the daemon started, in the
// order of the slots.
func (e *Engine) Traffic() []slot.Traffic {
	all := make([]slot.Traffic, 0, len(e.Fronts))
	for _, n := range slot.Names() {
		all = append(all, e.Fronts[n].Traffic())
	}
	return all
}
