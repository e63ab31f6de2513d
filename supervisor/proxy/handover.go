package proxy

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"sync"
)

// handedOver is a visitor's connection in the hands of the server. Where it is
// known how long the request is, the visitor goes on once the server is done
// with it, so that one POST does not slow down all that follow it.
type handedOver struct {
	*net.TCPConn
	visitor *visitor
	first   []byte // what the visitor had read

	mu     sync.Mutex // guards what follows
	left   int64      // of the request, not yet read by the server; below 0 when unknown, or when it read more
	rest   bool       // the server waits for another request
	back   bool       // to be given back
	closed bool
}

// handOver gives the connection to the server, together with raw, all that is
// buffered. r is the request that raw begins with, nil when it is not known.
// It reports false when there is no server any more.
func (v *visitor) handOver(r *http.Request, raw []byte) bool {
	h := &handedOver{TCPConn: v.conn, visitor: v, first: bytes.Clone(raw), left: -1}
	if r != nil && r.ContentLength >= 0 && len(r.TransferEncoding) == 0 && v.front.target.Load().backend != nil {
		h.left = int64(len(raw)-v.in.Buffered()) + r.ContentLength
	}
	v.in.Discard(v.in.Buffered())
	return v.entry.give(h)
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

// Read implements net.Conn. To a server that read its one request and waits
// for another it says that there is none.
func (h *handedOver) Read(p []byte) (n int, err error) {
	h.mu.Lock()
	if h.rest && h.left == 0 && !h.closed {
		h.back = true
		h.mu.Unlock()
		return 0, io.EOF
	}
	h.mu.Unlock()
	if len(h.first) > 0 {
		n = copy(p, h.first)
		h.first = h.first[n:]
	} else {
		n, err = h.TCPConn.Read(p)
	}
	h.mu.Lock()
	h.left -= int64(n)
	h.mu.Unlock()
	return n, err
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
