package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strings"
	"time"
)

const (
	// expectTimeout is how long a client's body waits for the app's 100
	// Continue, or its refusal. An app that knows nothing of it gets the body
	// then.
	expectTimeout = time.Second
	// maxInterim bounds the 1xx answers to one request.
	maxInterim = 100
	// lateBody is how much longer an app may take in a body after it has
	// answered.
	lateBody = 50 * time.Millisecond
)

var errUnasked = errors.New("the app switched to a protocol that nobody asked for")

// noAnswer is how an exchange failed before the app had answered anything.
type noAnswer struct{ error }

func (e noAnswer) Unwrap() error { return e.error }

func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }

// exchange sends a request and returns its answer, whose body must be read to
// its end or closed: the connection is kept or closed then.
func (c *conn) exchange(e errand) (*http.Response, error) {
	c.unwatch = context.AfterFunc(e.ctx, c.abort)
	c.halves.Store(2)
	var expected *expectation
	if !e.plain && hasBody(e.Request) {
		e.Request, expected = expecting(e.Request)
		go func() { c.half(c.send(e)) }() // the app may answer before it has read all
	} else {
		err := c.send(e)
		c.half(err)
		if err != nil {
			c.half(err)
			return nil, e.because(noAnswer{err})
		}
	}
	res, err := c.answer(e, expected)
	if err != nil {
		c.half(err)
		return nil, e.because(err)
	}
	switch {
	case res.StatusCode == http.StatusSwitchingProtocols && !asked(e.Request, res):
		c.half(errUnasked)
		return nil, errUnasked
	case res.StatusCode == http.StatusSwitchingProtocols:
		c.unwatch() // the two ends decide from here on
		res.Body = upgraded{c.TCPConn, c}
	case res.Body == http.NoBody:
		c.finish(res)
	default:
		res.Body = &answerBody{ReadCloser: res.Body, conn: c, res: res}
	}
	return res, nil
}

// asked reports whether an app switches to what the client asked for.
func asked(r *http.Request, res *http.Response) bool {
	to := r.Header.Get("Upgrade")
	return to != "" && strings.EqualFold(res.Header.Get("Upgrade"), to)
}

// send writes the request and its body.
func (c *conn) send(e errand) error {
	if e.plain {
		return c.sendPlain(e.Request)
	}
	if err := e.Write(c.out); err != nil {
		return err
	}
	return c.out.Flush()
}

// answer reads up to the header of the last answer, and passes on those
// before it.
func (c *conn) answer(e errand, expected *expectation) (*http.Response, error) {
	defer expected.refuse()
	c.header.limit()
	if _, err := c.in.Peek(1); err != nil {
		return nil, noAnswer{err}
	}
	for range maxInterim {
		res, err := http.ReadResponse(c.in, e.Request)
		if err != nil {
			return nil, err
		}
		switch {
		case res.StatusCode < 100:
			return nil, fmt.Errorf("the app answered with the status %03d, which there is not", res.StatusCode)
		case res.StatusCode == http.StatusContinue:
			expected.fulfil()
		case res.StatusCode >= 200, res.StatusCode == http.StatusSwitchingProtocols:
			c.header.unlimit()
			return res, nil
		default:
			if e.interim != nil {
				if err := e.interim(res.StatusCode, textproto.MIMEHeader(res.Header)); err != nil {
					return nil, err
				}
			}
		}
	}
	return nil, fmt.Errorf("the app sent %d interim answers and no last one", maxInterim)
}

// because prefers the client's reason over what it did to the connection.
func (e errand) because(err error) error {
	if cause := e.ctx.Err(); cause != nil {
		return cause
	}
	return err
}

// finish ends the answer's half. An app that says that it will close, or that
// said more than its answer, is not asked again on this connection.
func (c *conn) finish(res *http.Response) {
	if res.Close || c.in.Buffered() > 0 {
		c.spoiled.Store(true)
	}
	if c.halves.Load() > 1 {
		c.late = true
		c.SetWriteDeadline(time.Now().Add(lateBody))
	}
	c.half(nil)
}

// answerBody gives the connection back at its end.
type answerBody struct {
	io.ReadCloser
	conn *conn // nil once given back
	res  *http.Response
}

func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && b.conn != nil {
		c := b.conn
		b.conn = nil
		if err == io.EOF {
			c.finish(b.res)
		} else {
			c.half(err)
		}
	}
	return n, err
}

var errCut = errors.New("the answer was not wanted to its end")

func (b *answerBody) Close() error {
	if c := b.conn; c != nil {
		b.conn = nil
		c.half(errCut)
	}
	return b.ReadCloser.Close()
}
