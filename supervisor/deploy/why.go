package deploy

import "github.com/slot-paas/slot/slot"

// WhyEnded returns the known causes in the last words of a slot's app that
// keeps ending, the likeliest first; none where nothing is known.
func (e *Engine) WhyEnded(n slot.Name) []slot.Diagnostic {
	u := e.lanes[n].serves()
	if u == nil || u.web == nil {
		return nil
	}
	if causes := diagnose(n, u.web.out.Tail(evidenceLines)); causes != nil {
		return causes
	}
	return exitCause(n, u.web.Snapshot())
}
