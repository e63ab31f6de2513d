package proxy

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"sync"

	"golang.org/x/sys/unix"
)

// handedOver is a visitor's connection in the hands of the server. Where it is
// known how long the request is, the visitor goes on once the server is done
// with it, so that one POST does not slow down all that follow it.
type handedOver struct {
	*net.TCPConn
	visitor *visitor
	first   []byte // what the visitor had read

	mu     sync.Mutex // guards what follows
	left   int64      // of the request, not yet read by the server; below 0 when the server keeps the connection
	rest   bool       // the server waits for another request
	back   bool       // to be given back
	closed bool
}

// handOver gives the connection to the server, together with what is buffered
// of its request r; raw is all that was. Where the request's length is not
// known, or it may make the connection something else, the server keeps it.
// It reports false when there is no server any more.
func (v *visitor) handOver(r *http.Request, raw []byte) bool {
	h := &handedOver{TCPConn: v.conn, visitor: v, left: -1}
	if v.returns(r) {
		header := len(raw) - v.in.Buffered()
		body := min(r.ContentLength, int64(v.in.Buffered())) // what follows is the next request
		h.left = int64(header) + r.ContentLength
		raw = raw[:header+int(body)]
		v.in.Discard(int(body))
	} else {
		v.in.Discard(v.in.Buffered())
	}
	h.first = bytes.Clone(raw)
	return v.entry.give(h)
}

func (v *visitor) returns(r *http.Request) bool {
	return r != nil && r.ContentLength >= 0 && len(r.TransferEncoding) == 0 && r.Header["Upgrade"] == nil &&
		v.front.target.Load().backend != nil
}

// rests notes whether the server waits for another request.
func (h *handedOver) rests(yes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rest = yes
}

func (h *handedOver) isBack() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.back
}

// Read implements net.Conn. Of a connection that will be given back the server
// reads its one request, and no byte of the next; when it then waits for
// another, it hears that there is none.
func (h *handedOver) Read(p []byte) (n int, err error) {
	h.mu.Lock()
	left := h.left
	if left == 0 && h.rest && !h.closed {
		h.back = true
		h.mu.Unlock()
		return 0, io.EOF
	}
	h.mu.Unlock()
	switch {
	case len(h.first) > 0:
		n = copy(p, h.first)
		h.first = h.first[n:]
	case left == 0:
		return 0, h.untilGone()
	case left > 0:
		n, err = h.TCPConn.Read(p[:min(int64(len(p)), left)])
	default:
		return h.TCPConn.Read(p)
	}
	h.mu.Lock()
	if left > 0 {
		h.left -= int64(n)
	}
	h.mu.Unlock()
	return n, err
}

// untilGone returns when the client went away, or with the deadline. The server
// reads to find that out while it answers.
func (h *handedOver) untilGone() error {
	raw, err := h.SyscallConn()
	if err != nil {
		return err
	}
	var gone error
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		n, _, err := unix.Recvfrom(int(fd), one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		switch {
		case err == unix.EAGAIN || err == unix.EINTR || n > 0:
			return false
		case err != nil:
			gone = err
		default:
			gone = io.EOF
		}
		return true
	})
	if err != nil {
		return err
	}
	return gone
}

// WriteTo passes on what the visitor had read, and then lets the kernel splice.
func (h *handedOver) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(h.first)
	h.first = h.first[n:]
	if err != nil {
		return int64(n), err
	}
	more, err := h.TCPConn.WriteTo(w)
	return int64(n) + more, err
}

// Close implements net.Conn. The server closes it last, so that the visitor can
// go on from here.
func (h *handedOver) Close() error {
	h.mu.Lock()
	was, back := h.closed, h.back
	h.closed = true
	h.mu.Unlock()
	switch {
	case was:
		return net.ErrClosed
	case back:
		h.visitor.begin()
		return nil
	}
	h.visitor.leave()
	return h.TCPConn.Close()
}
