package proxy

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

const (
	// minRetry and maxRetry bound the pause after a failed accept, which is a
	// want of descriptors: those waiting stay in the kernel's queue.
	minRetry = 5 * time.Millisecond
	maxRetry = time.Second
)

// entry is where the connections of one Serve come in. Each is a visitor first;
// as a listener the entry gives the server those that a visitor handed over.
type entry struct {
	front         *Front
	ln            net.Listener
	handed        chan net.Conn
	headerTimeout time.Duration
	closed        chan struct{}
	close         sync.Once

	closing  atomic.Bool
	mu       sync.Mutex       // guards what follows
	visitors map[*visitor]int // 2 while one that was handed over is back before its last goroutine has left
	empty    chan struct{}    // closed when closing and no visitor is left
}

func newEntry(f *Front, ln net.Listener) *entry {
	return &entry{
		front: f, ln: ln, headerTimeout: readHeaderTimeout, handed: make(chan net.Conn), closed: make(chan struct{}),
		visitors: map[*visitor]int{}, empty: make(chan struct{}),
	}
}

// accept begins a visitor for each connection until the listener is closed. It
// returns why it ended.
func (e *entry) accept() error {
	pause := time.Duration(0)
	for {
		c, err := e.ln.Accept()
		if err == nil {
			pause = 0
			e.front.farewell.open.Add(1)
			if tcp, ok := c.(*net.TCPConn); ok {
				newVisitor(e, tcp).begin()
			} else if !e.give(c) {
				c.Close()
				e.front.farewell.left()
			}
			continue
		}
		if !passing(err) {
			return err
		}
		pause = min(max(2*pause, minRetry), maxRetry)
		e.front.log.Warn("cannot accept a connection", slot.KeyError, err)
		time.Sleep(pause)
	}
}

// passing reports whether an accept may do better later.
func passing(err error) bool {
	for _, e := range [...]error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// give hands a connection to the server. It reports false when that has ended.
func (e *entry) give(c net.Conn) bool {
	select {
	case e.handed <- c:
		return true
	case <-e.closed:
		return false
	}
}

// Accept implements net.Listener for the server.
func (e *entry) Accept() (net.Conn, error) {
	select {
	case c := <-e.handed:
		return c, nil
	case <-e.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener; the real one is closed by Serve.
func (e *entry) Close() error {
	e.close.Do(func() { close(e.closed) })
	return nil
}

// Addr implements net.Listener.
func (e *entry) Addr() net.Addr { return e.ln.Addr() }

// add counts a visitor in, unless the entry is closing.
func (e *entry) add(v *visitor) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closing.Load() {
		return false
	}
	e.visitors[v]++
	return true
}

func (e *entry) remove(v *visitor) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.visitors[v]--; e.visitors[v] == 0 {
		delete(e.visitors, v)
	}
	if e.closing.Load() && len(e.visitors) == 0 {
		e.done()
	}
}

// done needs the lock.
func (e *entry) done() {
	select {
	case <-e.empty:
	default:
		close(e.empty)
	}
}

// part ends the visitors: idle ones now, the others after their request. When
// cut is closed first, they end where they are.
func (e *entry) part(cut <-chan struct{}) {
	e.mu.Lock()
	e.closing.Store(true)
	for v := range e.visitors {
		v.dismiss()
	}
	if len(e.visitors) == 0 {
		e.done()
	}
	e.mu.Unlock()
	select {
	case <-e.empty:
	case <-cut:
		e.mu.Lock()
		for v := range e.visitors {
			v.cut()
		}
		e.mu.Unlock()
	}
}
