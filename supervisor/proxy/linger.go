package proxy

import (
	"net"
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
	began  atomic.Bool
	open   atomic.Int64  // connections
	empty  chan struct{} // gets a token when the last one closed
}

// Linger makes the end of Serve wait up to d for clients to come anew. Call it
// before the end.
func (f *Front) Linger(d time.Duration) { f.farewell.linger.Store(int64(d)) }

// count is the server's ConnState.
func (w *farewell) count(_ net.Conn, s http.ConnState) {
	switch s {
	case http.StateNew:
		w.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		if w.open.Add(-1) == 0 {
			select {
			case w.empty <- struct{}{}:
			default:
			}
		}
	}
}

// tell marks an answer as the connection's last.
func (w *farewell) tell(h http.Header) {
	if w.began.Load() {
		h.Set("Connection", "close")
	}
}

// say waits until no connection is open, as long as the front lingers.
func (w *farewell) say() {
	left := time.Duration(w.linger.Load())
	if left == 0 {
		return
	}
	w.began.Store(true)
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
