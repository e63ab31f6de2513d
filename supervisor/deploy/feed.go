package deploy

import (
	"context"
	"sync"

	"github.com/slot-paas/slot/slot"
)

// feed is the list of a deployment's events: written once, read by any number
// of followers, each at its own pace and from the beginning. It keeps the
// first maxFeed bytes of output; the build log on disk has every line.
type feed struct {
	mu     sync.Mutex
	events []slot.Event
	bytes  int // that the lines among them take
	ended  bool
	more   chan struct{} // closed and replaced when something was added
	tap    func(slot.Event)
}

// maxFeed bounds the memory of one deployment, times keptJobs that of all: a
// build that says 4 MiB has some forty thousand lines, which nobody reads.
const maxFeed = 4 << 20

// lineCost is what a line takes beside its text.
const lineCost = 128

func newFeed() *feed { return &feed{more: make(chan struct{})} }

// attach makes fn see every event from now on, before any follower.
func (f *feed) attach(fn func(slot.Event)) {
	f.mu.Lock()
	f.tap = fn
	f.mu.Unlock()
}

func (f *feed) send(ev slot.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return
	}
	if f.tap != nil {
		f.tap(ev)
	}
	last := ev.Deployment != nil && ev.Deployment.State.Ended()
	if ev.Line != nil {
		f.bytes += len(ev.Line.Text) + lineCost
	}
	if ev.Line == nil || f.bytes <= maxFeed {
		f.events = append(f.events, ev)
	}
	f.ended = last
	close(f.more)
	f.more = make(chan struct{})
}

func (f *feed) follow(ctx context.Context, send func(slot.Event) error) error {
	for next := 0; ; {
		f.mu.Lock()
		batch, ended, more := f.events[next:len(f.events):len(f.events)], f.ended, f.more
		f.mu.Unlock()
		for _, ev := range batch {
			if err := send(ev); err != nil {
				return err
			}
		}
		next += len(batch)
		if ended && len(batch) == 0 {
			return nil
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
