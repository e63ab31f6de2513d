package proxy

import (
	"context"
	"time"
)

// hold is one time of holding; resumed is closed at its end.
type hold struct {
	resumed chan struct{}
	wake    func()        // called by a request that begins to wait; nil for nothing
	longest time.Duration // the wait of one request; that of the front when 0
}

// Hold makes new requests wait until Resume, while a target is being
// replaced. Requests that a target already has go on. A request waits no
// longer than its own context and FrontOptions.MaxHold, then gets a 503 with
// Retry-After. Holding twice is holding once.
func (f *Front) Hold() {
	f.held.CompareAndSwap(nil, &hold{resumed: make(chan struct{})})
}

// HoldFor is Hold that ends by itself: when limit is over, requests go to the
// target that is there then. While the front holds already it does nothing.
func (f *Front) HoldFor(limit time.Duration) {
	h := &hold{resumed: make(chan struct{})}
	if !f.held.CompareAndSwap(nil, h) {
		return
	}
	time.AfterFunc(limit, func() {
		if f.held.CompareAndSwap(h, nil) { // not resumed meanwhile, nor held again
			close(h.resumed)
		}
	})
}

// Resume lets the held requests go to the current target. Without a Hold it
// does nothing.
func (f *Front) Resume() {
	if h := f.held.Swap(nil); h != nil {
		close(h.resumed)
	}
}

// await returns true when requests may pass, false when ctx or the time for
// waiting ended first.
func (f *Front) await(ctx context.Context) bool {
	h := f.held.Load()
	if h == nil {
		return true
	}
	limit := time.NewTimer(max(f.maxHold, h.longest))
	defer limit.Stop()
	for ; h != nil; h = f.held.Load() {
		if h.wake != nil {
			h.wake()
		}
		select {
		case <-h.resumed:
		case <-ctx.Done():
			return false
		case <-limit.C:
			return false
		}
	}
	return true
}
