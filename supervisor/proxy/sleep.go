package proxy

import "time"

// Sleep is Hold for a slot whose app does not run until somebody asks for it:
// each request that comes calls wake, which must return at once, and waits for
// Resume, or for longest. It takes the place of an earlier Hold or Sleep, whose
// requests wait on.
func (f *Front) Sleep(longest time.Duration, wake func()) {
	next := &hold{resumed: make(chan struct{}), wake: wake, longest: longest}
	if old := f.held.Swap(next); old != nil {
		close(old.resumed) // they find the next one
	}
}
