package proxy

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/slot-paas/slot/slot"
)

const (
	// watchAfter is how long a request takes before its client is watched: most
	// have their answer by then.
	watchAfter = 20 * time.Millisecond
	// idleSlack is how much longer than idleTimeout a connection may be idle,
	// so that not each request sets a deadline.
	idleSlack = 10 * time.Second
	// freshLimit is how long a connection without a request may still be about
	// to send its first, as for the standard library's server.
	freshLimit = 5 * time.Second
)

// The states of a visitor.
const (
	visitorFresh  = int32(iota) // before the first request
	visitorBusy                 // with a request
	visitorIdle                 // between two requests
	visitorClosed               // by part, while it was idle
)

// visitor is a client's connection as long as nobody else has it. For plain
// requests to a process it does what the standard library's server and its
// reverse proxy do, with the same parser: they have no body, and so begin and
// end on one goroutine, without a copy of their header and a second reader of
// the connection. All others it hands over to that server.
type visitor struct {
	entry *entry
	front *Front
	conn  *net.TCPConn
	peer  string // the client's address
	host  string // the same without its port
	local bool   // the client is on this machine
	ctx   context.Context
	leave context.CancelFunc // ends what waits for the client's sake
	in    *bufio.Reader
	out   *bufio.Writer
	state atomic.Int32
	asked bool      // it has sent a request
	until time.Time // deadline of reading between two requests; zero when it has to be set

	watch   *time.Timer   // runs look once a request takes long
	ended   atomic.Bool   // look is to end
	watched chan struct{} // look has ended
}

func newVisitor(e *entry, tcp *net.TCPConn) *visitor {
	v := &visitor{entry: e, front: e.front, conn: tcp, watched: make(chan struct{}, 1)}
	if peer, ok := tcp.RemoteAddr().(*net.TCPAddr); ok {
		addr := netip.AddrPortFrom(peer.AddrPort().Addr().Unmap(), uint16(peer.Port)) // IPv4 as such, also on a socket for both
		v.peer, v.host, v.local = addr.String(), addr.Addr().String(), onThisMachine(addr)
	}
	v.ctx, v.leave = context.WithCancel(context.Background())
	v.in, v.out = bufio.NewReader(tcp), bufio.NewWriter(tcp)
	v.watch = time.AfterFunc(time.Hour, v.look)
	v.watch.Stop()
	tcp.SetReadDeadline(time.Now().Add(e.headerTimeout))
	return v
}

func onThisMachine(peer netip.AddrPort) bool { return peer.Addr().Unmap().IsLoopback() }

// begin lets the visitor go on, from its first request or after one that the
// server had.
func (v *visitor) begin() {
	if v.entry.add(v) {
		go v.serve()
	} else {
		v.close()
	}
}

// serve has the visitor until its end, or until it is handed over.
func (v *visitor) serve() {
	handed := false
	defer func() {
		if p := recover(); p != nil { // of one request; the daemon lives on
			v.front.log.Error("panic while serving", slot.KeyError, p, "stack", string(debug.Stack()))
		}
		if !handed {
			v.close()
		}
		v.entry.remove(v)
	}()
	for v.next() {
		r, raw, err := v.read()
		if err != nil {
			return
		}
		t := v.plain(r)
		if t == nil {
			handed = v.handOver(r, raw)
			return
		}
		if !v.answer(t, r) {
			return
		}
	}
}

// close ends the connection.
func (v *visitor) close() {
	v.watch.Stop()
	v.leave()
	v.conn.Close()
	v.front.farewell.left()
}

// next waits for the first byte of a request, and passes over an empty line
// before it: some clients end a body with one (RFC 9112, 2.2).
func (v *visitor) next() bool {
	for v.wait() {
		first, err := v.in.Peek(1)
		if err != nil || !v.asked || first[0] != '\r' && first[0] != '\n' {
			return err == nil
		}
		v.in.Discard(1)
	}
	return false
}

// wait waits for a byte.
func (v *visitor) wait() bool {
	if v.in.Buffered() > 0 {
		return true
	}
	if v.state.Load() == visitorFresh {
		_, err := v.in.Peek(1)
		v.state.Store(visitorBusy)
		return err == nil
	}
	if now := time.Now(); v.until.Sub(now) < idleTimeout {
		v.until = now.Add(idleTimeout + idleSlack)
		v.conn.SetReadDeadline(v.until)
	}
	v.state.Store(visitorIdle)
	if v.entry.closing.Load() {
		return false
	}
	_, err := v.in.Peek(1)
	return v.state.CompareAndSwap(visitorIdle, visitorBusy) && err == nil
}

// dismiss ends the visitor where it has no request. Those without one so far
// may be about to send it.
func (v *visitor) dismiss() {
	switch {
	case v.state.CompareAndSwap(visitorIdle, visitorClosed):
		v.conn.Close()
	case v.state.Load() == visitorFresh:
		v.conn.SetReadDeadline(time.Now().Add(freshLimit))
	}
}

// cut ends the visitor where it is.
func (v *visitor) cut() {
	v.leave()
	v.conn.Close()
}

// look notices that the client goes away, by what else it sends. Of a client
// that sends the next request already it notices nothing.
func (v *visitor) look() {
	v.conn.SetReadDeadline(time.Time{})
	if !v.ended.Load() { // unwatch sets it before its deadline
		_, err := v.in.Peek(v.in.Buffered() + 1)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, bufio.ErrBufferFull) {
			v.leave()
		}
	}
	v.watched <- struct{}{}
}

// unwatch ends the look, if there is one, and reports whether the client is
// still there.
func (v *visitor) unwatch() bool {
	if v.watch.Stop() {
		return true
	}
	v.ended.Store(true)
	v.conn.SetReadDeadline(time.Unix(1, 0))
	<-v.watched
	v.ended.Store(false)
	v.until = time.Time{}
	v.conn.SetReadDeadline(v.until)
	return v.ctx.Err() == nil
}
