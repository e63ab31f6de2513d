package store

import "github.com/slot-paas/slot/slot"

// Wanted lists the slots that are to run, without opening a store: for who
// wonders whether a daemon is missing. What cannot be read is left out.
func Wanted(l Layout) (names []slot.Name) {
	for _, n := range slot.Names() {
		var state slot.SlotState
		if readJSON(l.State(n), &state) == nil && (state.Desired == slot.DesiredRunning || state.Desired == slot.DesiredAsleep) {
			names = append(names, n)
		}
	}
	return names
}
