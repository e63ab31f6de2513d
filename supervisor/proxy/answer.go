package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// answer is the ResponseWriter of one request: it counts the outcome and
// notices when the connection becomes something other than HTTP.
type answer struct {
	http.ResponseWriter
	target   *Target
	body     requestBody
	answered bool
	upgraded bool
}

// requestBody remembers how reading from the client failed, to tell a client
// that went away from an app that did.
type requestBody struct {
	io.ReadCloser
	failed atomic.Pointer[error] // the transport reads on a goroutine of its own
}

func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.failed.Store(&err)
	}
	return n, err
}

// err returns how reading the body failed, or nil.
func (b *requestBody) err() error {
	if p := b.failed.Load(); p != nil {
		return *p
	}
	return nil
}

// WriteHeader passes 1xx answers on as they come.
func (a *answer) WriteHeader(status int) {
	if status >= 200 && !a.answered {
		a.answered = true
		if status >= 500 {
			a.target.failures.Add(1)
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

// ReadFrom keeps the server's way to sendfile(2) open.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(a.ResponseWriter, r)
}

// Unwrap lets http.ResponseController flush.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Hijack is the upgrade: from here on the drain does not wait for the
// request.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(a.ResponseWriter).Hijack()
	if err == nil && !a.upgraded {
		a.upgraded = true
		a.target.upgraded.Add(1)
		a.target.leave()
	}
	return conn, rw, err
}

func (a *answer) end() {
	if a.upgraded {
		a.target.upgraded.Add(-1)
	} else {
		a.target.leave()
	}
}
