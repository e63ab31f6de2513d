package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"syscall"
	"time"
)

const (
	// dialTimeout is long for loopback, where only a full accept queue waits.
	dialTimeout = 2 * time.Second
	// maxIdle connections are kept to one process; more are closed after use.
	maxIdle = 256
	// idleLimit is below the 5 s after which Node closes a connection: a POST
	// must not meet that close.
	idleLimit = 4 * time.Second
	// minDialStep and maxDialStep bound the pause between two tries at a
	// process that starts.
	minDialStep = time.Millisecond
	maxDialStep = 50 * time.Millisecond
)

var (
	errDead   = errors.New("the process is not running")
	errClosed = errors.New("the target was drained")
)

// backend is the connections to one process that speaks HTTP/1. It does what
// http.Transport does for one address, but on the request's own goroutine:
// the two goroutines that the transport keeps for each connection, and the
// channels to them, were half of what a request cost.
type backend struct {
	address string
	wait    time.Duration
	alive   func() bool
	done    chan struct{} // closed by close

	mu       sync.Mutex // guards what follows, never held across I/O
	open     map[*conn]struct{}
	idle     []*conn // the one used last is the last
	sweeping bool    // a timer is set
}

func newBackend(address string, wait time.Duration, alive func() bool) *backend {
	return &backend{address: address, wait: wait, alive: alive, done: make(chan struct{}), open: map[*conn]struct{}{}}
}

// errand is a request on its way to the app and back.
type errand struct {
	*http.Request
	ctx     context.Context                                // ends when the client went away
	plain   bool                                           // it has no body, and its header is as it is to be sent
	interim func(status int, h textproto.MIMEHeader) error // nil, or takes the 1xx answers
}

// RoundTrip implements http.RoundTripper for the reverse proxy.
func (b *backend) RoundTrip(r *http.Request) (*http.Response, error) {
	e := errand{Request: r, ctx: r.Context()}
	if trace := httptrace.ContextClientTrace(e.ctx); trace != nil {
		e.interim = trace.Got1xxResponse
	}
	return b.do(e)
}

// do sends the request. Where a kept connection dies under one that
// may be repeated it is sent once more, on a new connection: an app executes
// a request twice at most, also one that kills each worker that takes it.
func (b *backend) do(e errand) (*http.Response, error) {
	c, err := b.take(e.ctx)
	if err != nil {
		return nil, err
	}
	kept := c.used
	res, err := c.exchange(e)
	if err != nil && kept && errors.As(err, new(noAnswer)) && repeatable(e.Request) && e.ctx.Err() == nil {
		if c, err = b.dial(e.ctx); err != nil {
			return nil, err
		}
		res, err = c.exchange(e)
	}
	if err == nil {
		dropOwnSetCookies(res.Header)
	}
	return res, err
}

// repeatable reports whether doing the request twice is as good as once
// (RFC 9110, 9.2.2), and possible.
func repeatable(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return !hasBody(r)
	}
	return false
}

// take returns a kept connection that is as it should be, or a new one.
func (b *backend) take(ctx context.Context) (*conn, error) {
	for {
		b.mu.Lock()
		last := len(b.idle) - 1
		if last < 0 {
			b.mu.Unlock()
			return b.dial(ctx)
		}
		c := b.idle[last]
		b.idle[last] = nil
		b.idle = b.idle[:last]
		b.mu.Unlock()
		if c.quiet() {
			return c, nil
		}
		c.Close()
	}
}

// put keeps a connection for the next request.
func (b *backend) put(c *conn) {
	c.used, c.since = true, time.Now()
	b.mu.Lock()
	keep := b.open != nil && len(b.idle) < maxIdle
	if keep {
		b.idle = append(b.idle, c)
		if !b.sweeping {
			b.sweeping = true
			time.AfterFunc(idleLimit, b.sweep)
		}
	}
	b.mu.Unlock()
	if !keep {
		c.Close()
	}
}

// sweep closes the connections that were idle for too long, the oldest first.
// It comes again as long as there are idle ones.
func (b *backend) sweep() {
	now := time.Now()
	b.mu.Lock()
	old := 0
	for old < len(b.idle) && now.Sub(b.idle[old].since) >= idleLimit {
		old++
	}
	closing := append([]*conn(nil), b.idle[:old]...)
	b.idle = append(b.idle[:0], b.idle[old:]...)
	clear(b.idle[len(b.idle):cap(b.idle)])
	if b.sweeping = len(b.idle) > 0; b.sweeping {
		time.AfterFunc(idleLimit-now.Sub(b.idle[0].since), b.sweep)
	}
	b.mu.Unlock()
	for _, c := range closing {
		c.Close()
	}
}

// dial connects, and waits for a process that refuses: a restart is latency
// for its clients, not failure. The pauses grow with the time waited, so that
// none adds more than an eighth to it.
func (b *backend) dial(ctx context.Context) (*conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	begin := time.Now()
	for {
		tcp, err := dialer.DialContext(ctx, "tcp4", b.address)
		if err == nil {
			return b.track(tcp.(*net.TCPConn))
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return nil, err
		}
		if !b.alive() {
			return nil, fmt.Errorf("%w: %w", errDead, err)
		}
		waited := time.Since(begin)
		pause := min(max(waited/8, minDialStep), maxDialStep)
		if waited+pause > b.wait {
			return nil, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-b.done:
			return nil, errClosed
		}
	}
}

func (b *backend) track(tcp *net.TCPConn) (*conn, error) {
	c, err := newConn(tcp, b)
	if err != nil {
		tcp.Close()
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open == nil {
		tcp.Close()
		return nil, errClosed
	}
	b.open[c] = struct{}{}
	return c, nil
}

func (b *backend) forget(c *conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, c)
}

// close ends every connection: idle ones, upgraded ones, and those of
// requests still in flight.
func (b *backend) close() {
	close(b.done)
	b.mu.Lock()
	open := b.open
	b.open, b.idle = nil, nil
	b.mu.Unlock()
	for c := range open {
		c.TCPConn.Close()
	}
}
