package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"syscall"
	"time"
)

const (
	// dialTimeout is long for loopback, where only a full accept queue waits.
	dialTimeout = 2 * time.Second
	// dialStep is the pause between two tries at a process that starts.
	dialStep = 20 * time.Millisecond
	// maxExecutions bounds how often an app sees one request: once, and once
	// more where a kept connection died under it.
	maxExecutions = 2
)

var (
	errDead   = errors.New("the process is not running")
	errClosed = errors.New("the target was drained")
)

// backend is the connections to one process.
type backend struct {
	address   string
	wait      time.Duration
	alive     func() bool
	transport *http.Transport
	done      chan struct{} // closed by close

	mu    sync.Mutex // taken when a connection opens or closes, never by a request
	conns map[*conn]struct{}
}

func newBackend(address string, wait time.Duration, alive func() bool) *backend {
	b := &backend{
		address: address,
		wait:    wait,
		alive:   alive,
		done:    make(chan struct{}),
		conns:   map[*conn]struct{}{},
	}
	b.transport = &http.Transport{
		DialContext:           func(ctx context.Context, _, _ string) (net.Conn, error) { return b.dial(ctx) },
		DisableCompression:    true, // else it asks for gzip and unpacks
		MaxIdleConnsPerHost:   256,  // the default of 2 costs half the throughput at 16 connections
		IdleConnTimeout:       4 * time.Second,
		ExpectContinueTimeout: time.Second, // 0 would send the body at once
	}
	return b
}

// RoundTrip sends the request and caps how often the app executes it. The
// transport repeats a GET on every idle connection of its pool as long as the
// app closes each without an answer: a GET that kills its worker would kill
// them all. So the first repetition gets a new connection, and there is no
// second.
func (b *backend) RoundTrip(r *http.Request) (*http.Response, error) {
	tries := 0
	trace := &httptrace.ClientTrace{
		GetConn: func(string) {
			if tries > 0 {
				b.transport.CloseIdleConnections()
			}
		},
		GotConn: func(info httptrace.GotConnInfo) {
			if tries++; tries > maxExecutions {
				info.Conn.Close() // before the request is written
			}
		},
	}
	res, err := b.transport.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err == nil {
		dropOwnSetCookies(res.Header)
	}
	return res, err
}

// dial connects, and waits for a process that refuses: a restart is latency
// for its clients, not failure.
func (b *backend) dial(ctx context.Context) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	deadline := time.Now().Add(b.wait)
	for {
		c, err := dialer.DialContext(ctx, "tcp4", b.address)
		if err == nil {
			return b.track(c.(*net.TCPConn))
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return nil, err
		}
		if !b.alive() {
			return nil, fmt.Errorf("%w: %w", errDead, err)
		}
		if time.Now().Add(dialStep).After(deadline) {
			return nil, err
		}
		select {
		case <-time.After(dialStep):
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-b.done:
			return nil, errClosed
		}
	}
}

func (b *backend) track(tcp *net.TCPConn) (net.Conn, error) {
	c := &conn{TCPConn: tcp, backend: b}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conns == nil {
		tcp.Close()
		return nil, errClosed
	}
	b.conns[c] = struct{}{}
	return c, nil
}

// close ends every connection: idle ones, upgraded ones, and those of
// requests still in flight.
func (b *backend) close() {
	close(b.done)
	b.mu.Lock()
	conns := b.conns
	b.conns = nil
	b.mu.Unlock()
	b.transport.CloseIdleConnections()
	for c := range conns {
		c.TCPConn.Close()
	}
}

// conn is a connection that its backend knows. It embeds the concrete type so
// that an upgraded connection can be half closed.
type conn struct {
	*net.TCPConn
	backend *backend
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.backend.mu.Lock()
	delete(c.backend.conns, c)
	c.backend.mu.Unlock()
	return c.TCPConn.Close()
}
