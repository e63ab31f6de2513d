package proxy

import (
	"net/http"
	"sync/atomic"
	"time"
)

// farewell is how a front parts from its clients: it tells them on their next
// answer to open a new connection, which another process accepts. A server
// that closed a connection the moment it is idle would lose the request that
// is just on its way.
type farewell struct {
	linger atomic.Int64 // nanoseconds; 0 for a plain end
	onward atomic.Pointer[Target]
	began  atomic.Bool
	open   atomic.Int64  // connections
	empty  chan struct{} // gets a token when the last one closed
}

// Linger makes the end of Serve wait up to d for clients to come anew, and
// leads what they still send on old connections to port, where another process
// answers: this one does not know any more where the app is. It returns the
// target that served until now, for draining. Call it before the end.
func (f *Front) Linger(d time.Duration, port int) *Target {
	f.farewell.onward.Store(NewProcessTarget(0, port, ProcessOptions{Info: f.info, Log: f.log}))
	f.farewell.linger.Store(int64(d))
	return f.target.Load()
}

// left counts a connection out; entry.accept counts it in. What is upgraded is
// out: it belongs to its target.
func (w *farewell) left() {
	if w.open.Add(-1) == 0 {
		select {
		case w.empty <- struct{}{}:
		default:
		}
	}
}

// tell marks an answer as the connection's last.
func (w *farewell) tell(h http.Header) {
	if w.began.Load() {
		h.Set("Connection", "close")
	}
}

// part waits until no connection is open, as long as the front lingers. The
// listener is closed already, so that nothing is led in a circle.
func (f *Front) part() {
	w := &f.farewell
	left := time.Duration(w.linger.Load())
	if left == 0 {
		return
	}
	w.began.Store(true)
	f.Switch(w.onward.Load())
	end := time.NewTimer(left)
	defer end.Stop()
	for w.open.Load() > 0 {
		select {
		case <-end.C:
			return
		case <-w.empty:
		}
	}
}
