package proxy

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
)

// draining is added to Target.state when Drain begins: it makes the sum
// negative whatever number of requests is in flight.
const draining = int64(-1) << 62

// The kinds of targets.
const (
	kindProcess = "process"
	kindStatic  = "static"
	kindPage    = "page"
)

// Target is what a slot's port leads to. All methods are safe for concurrent
// use.
type Target struct {
	release int
	kind    string
	handler http.Handler
	backend *backend // of a process that speaks HTTP/1; else nil
	fail    func(http.ResponseWriter, *http.Request, error)
	free    func() // ends what the target holds, requests in flight included

	state     atomic.Int64 // requests in flight, plus draining once Drain began
	upgraded  atomic.Int64
	requests  atomic.Int64
	failures  atomic.Int64
	drainOnce sync.Once
	idleOnce  sync.Once
	idle      chan struct{} // closed when draining and nothing is in flight
	freeOnce  sync.Once
}

// Stats counts what a target did since it was made.
type Stats struct {
	Requests int64 // taken, those in flight included
	Failures int64 // answered with a status of 500 or above
	InFlight int   // upgraded connections not included
	Upgraded int   // WebSockets and the like, open now
}

func newTarget(release int, kind string, handler http.Handler, free func()) *Target {
	return &Target{release: release, kind: kind, handler: handler, free: free, idle: make(chan struct{})}
}

// Release returns the number of the release; 0 for a page.
func (t *Target) Release() int { return t.release }

// Kind returns "process", "static" or "page".
func (t *Target) Kind() string { return t.kind }

// InFlight returns how many requests are being answered. Upgraded connections
// are not among them.
func (t *Target) InFlight() int {
	n := t.state.Load()
	if n < 0 {
		n -= draining
	}
	return int(max(n, 0))
}

// Stats returns a snapshot. Its figures are read one by one.
func (t *Target) Stats() Stats {
	return Stats{
		Requests: t.requests.Load(),
		Failures: t.failures.Load(),
		InFlight: t.InFlight(),
		Upgraded: int(t.upgraded.Load()),
	}
}

// Drain refuses new requests, waits for those in flight, then closes upgraded
// connections and the idle connections to the process. When ctx ends first,
// what remains is cut and the error says how much that was. Streams that were
// not upgraded (text/event-stream) are requests in flight. Later calls wait
// for the same end.
func (t *Target) Drain(ctx context.Context) error {
	t.drainOnce.Do(func() {
		if t.state.Add(draining) == draining {
			t.becomeIdle()
		}
	})
	var err error
	select {
	case <-t.idle:
	case <-ctx.Done():
		err = fmt.Errorf("cannot drain release %d: %d requests in flight were cut: %w", t.release, t.InFlight(), ctx.Err())
	}
	t.freeOnce.Do(t.free)
	return err
}

// acquire counts a request in, unless the target is draining.
func (t *Target) acquire() bool {
	if t.state.Add(1) < 0 {
		t.leave()
		return false
	}
	return true
}

func (t *Target) leave() {
	if t.state.Add(-1) == draining {
		t.becomeIdle()
	}
}

func (t *Target) becomeIdle() { t.idleOnce.Do(func() { close(t.idle) }) }

// serve answers a request that was acquired. It has no recover: the panic
// with http.ErrAbortHandler, which tells a client that its answer was cut
// short, must reach the server.
func (t *Target) serve(a *answer, r *http.Request) {
	t.requests.Add(1)
	a.target = t
	if r.Body != nil && r.Body != http.NoBody {
		a.body.ReadCloser = r.Body
		r = r.WithContext(r.Context()) // a copy: the server looks at the type of its own request's body
		r.Body = &a.body
	}
	t.handler.ServeHTTP(a, r)
}
