package proxy

import (
	"bufio"
	"errors"
	"io"
	"math"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// maxAnswerHeader bounds the header of an app's answer, as the server bounds
// that of a request.
const maxAnswerHeader = 1 << 20

var errLongHeader = errors.New("the header of the answer is larger than 1 MiB")

// conn is one connection to a process. One request at a time has it.
type conn struct {
	*net.TCPConn
	backend *backend
	raw     syscall.RawConn
	in      *bufio.Reader // of header
	out     *bufio.Writer
	used    bool // it was kept after a request
	since   time.Time
	peek    func(fd uintptr) bool // sets silent; kept, so that it is made once
	silent  bool
	abort   func()

	header  headerLimit
	halves  atomic.Int32 // of the request and its answer, those that go on
	spoiled atomic.Bool  // not to be kept
	late    bool         // the request had to be hurried
	unwatch func() bool  // ends the watch on the request's context
}

func newConn(tcp *net.TCPConn, b *backend) (*conn, error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	c := &conn{TCPConn: tcp, backend: b, raw: raw, header: headerLimit{conn: tcp}}
	c.in, c.out = bufio.NewReader(&c.header), bufio.NewWriter(tcp)
	c.peek = func(fd uintptr) bool {
		var one [1]byte
		_, _, err := unix.Recvfrom(int(fd), one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		c.silent = err == unix.EAGAIN
		return true
	}
	c.abort = func() { c.SetDeadline(time.Unix(1, 0)) }
	return c, nil
}

// quiet reports whether a kept connection is as it should be: open, and
// without an answer that nobody asked for, which the next client would get.
func (c *conn) quiet() bool {
	return c.in.Buffered() == 0 && c.raw.Read(c.peek) == nil && c.silent
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.backend.forget(c)
	return c.TCPConn.Close()
}

// half ends one of the two halves of an exchange. After both the connection
// is kept, or closed where a half failed.
func (c *conn) half(err error) {
	if err != nil {
		c.spoiled.Store(true)
		c.TCPConn.Close() // the other half must not wait for it
	}
	if c.halves.Add(-1) > 0 {
		return
	}
	if !c.unwatch() || c.spoiled.Load() {
		c.Close()
		return
	}
	if c.late {
		c.late = false
		c.SetWriteDeadline(time.Time{})
	}
	c.backend.put(c)
}

// headerLimit is a connection that can be read from only so far while a
// header is read.
type headerLimit struct {
	conn *net.TCPConn
	left int
}

func (h *headerLimit) limit()   { h.left = maxAnswerHeader }
func (h *headerLimit) unlimit() { h.left = math.MaxInt }

func (h *headerLimit) Read(p []byte) (int, error) {
	if h.left <= 0 {
		return 0, errLongHeader
	}
	n, err := h.conn.Read(p[:min(len(p), h.left)])
	h.left -= n
	return n, err
}

// upgraded is a connection that became something other than HTTP. It embeds
// the concrete type so that it can be half closed.
type upgraded struct {
	*net.TCPConn
	c *conn
}

func (u upgraded) Read(p []byte) (int, error) { return u.c.in.Read(p) }

// WriteTo passes on what the app sent with its 101, and then lets the kernel
// splice the two connections.
func (u upgraded) WriteTo(w io.Writer) (int64, error) {
	first := int64(u.c.in.Buffered())
	if n, err := io.CopyN(w, u.c.in, first); err != nil {
		return n, err
	}
	n, err := io.Copy(w, u.TCPConn)
	return first + n, err
}

func (u upgraded) Close() error { return u.c.Close() }
