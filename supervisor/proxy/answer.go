package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// statusUpgraded is what a hijacked connection is counted as.
const statusUpgraded = http.StatusSwitchingProtocols

// answer is the ResponseWriter of one request: it counts the outcome and
// notices when the connection becomes something other than HTTP.
type answer struct {
	http.ResponseWriter
	traffic  *traffic
	began    time.Time
	target   *Target // nil until one took the request
	body     requestBody
	status   int // 0 until answered
	written  int64
	upgraded bool
}

// take counts a request in. end must follow.
func (t *traffic) take(w http.ResponseWriter) *answer {
	t.inFlight.Add(1)
	return &answer{ResponseWriter: w, traffic: t, began: time.Now()}
}

// requestBody remembers how reading from the client failed, to tell a client
// that went away from an app that did.
type requestBody struct {
	io.ReadCloser
	failed atomic.Pointer[error] // the transport reads on a goroutine of its own
	bytes  atomic.Int64
}

func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes.Add(int64(n))
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
	if status >= 200 && a.status == 0 {
		a.answered(status)
		if h := a.Header(); h["Content-Type"] == nil {
			h["Content-Type"] = nil // the app says none: the server is not to guess one
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

// answered notes the outcome.
func (a *answer) answered(status int) {
	a.status = status
	if status >= 500 && a.target != nil {
		a.target.failures.Add(1)
	}
}

func (a *answer) Write(p []byte) (int, error) {
	n, err := a.ResponseWriter.Write(p)
	a.written += int64(n)
	return n, err
}

// ReadFrom keeps the server's way to sendfile(2) open.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(a.ResponseWriter, r)
	a.written += n
	return n, err
}

// Unwrap lets http.ResponseController flush.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Hijack is the upgrade: from here on the drain does not wait for the
// request.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(a.ResponseWriter).Hijack()
	if err == nil && !a.upgraded {
		a.upgraded = true
		a.traffic.upgraded.Add(1)
		a.traffic.inFlight.Add(-1)
		a.target.upgraded.Add(1)
		a.target.leave()
	}
	return conn, rw, err
}

// end counts the request out. A page that stands there on purpose is nobody's
// failure.
func (a *answer) end() {
	status := a.status
	if a.upgraded {
		status = statusUpgraded
		a.traffic.upgraded.Add(-1)
		a.target.upgraded.Add(-1)
	} else {
		a.traffic.inFlight.Add(-1)
		if a.target != nil {
			a.target.leave()
		}
	}
	if status == 0 {
		status = http.StatusOK // what the server makes of a handler that says nothing
	}
	failed := status >= 500 && (a.target == nil || a.target.kind != kindPage)
	a.traffic.done(status, time.Since(a.began), a.body.bytes.Load(), a.written, failed)
}
