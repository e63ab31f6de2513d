package admin

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// How many streams are open at once: pages and logs that are looked at.
const (
	maxStreams     = 128
	maxCallStreams = 32 // of one session or token
)

// errKeyEnded ends a stream with the session or the token that opened it.
var errKeyEnded = errors.New("the session has ended")

// streams counts those that are open, by the key that opened them.
type streams struct {
	mu   sync.Mutex
	all  int
	open map[string]int
}

func (s *streams) enter(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.open[key] >= maxCallStreams:
		return slot.E(slot.KindFailed, "close some", errorf("%d pages and logs are open in this session", maxCallStreams))
	case s.all >= maxStreams:
		return slot.E(slot.KindFailed, "close some", errorf("%d pages and logs are open", maxStreams))
	}
	s.all++
	s.open[key]++
	return nil
}

func (s *streams) leave(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.open[key]--; s.open[key] == 0 {
		delete(s.open, key)
	}
}

// begin counts a stream of the caller's and returns a context that ends with
// parent, with the admin and with the caller's key; done ends it.
func (a *Admin) begin(parent context.Context, c caller) (ctx context.Context, done func(), err error) {
	if err := a.streams.enter(c.key); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancelCause(parent)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cancel(a.reason(ctx, c.key))
	}()
	return ctx, func() {
		cancel(nil)
		<-ended
		a.streams.leave(c.key)
	}, nil
}

// reason waits for why a stream has to end.
func (a *Admin) reason(ctx context.Context, key string) error {
	for {
		changed := a.keys.changes()
		end, holds := a.keys.end(key)
		if !holds {
			return errKeyEnded
		}
		left := sessionLife // a token without an end is looked at again
		if !end.IsZero() {
			left = end.Sub(a.keys.now())
		}
		expired := time.NewTimer(left)
		select {
		case <-changed:
		case <-expired.C:
		case <-a.end:
			expired.Stop()
			return http.ErrServerClosed
		case <-ctx.Done():
			expired.Stop()
			return ctx.Err()
		}
		expired.Stop()
	}
}
