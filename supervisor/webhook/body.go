package webhook

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// Bounds of what strangers can make the daemon hold.
const (
	maxBody    = 25 << 20         // GitHub delivers nothing larger
	maxReaders = 256              // bodies that are read at once
	firstBytes = 32 << 10         // of each, beside the common memory
	maxMemory  = 64 << 20         // of all bodies that have more
	bodyTime   = 10 * time.Second // for the whole body: GitHub's own patience
)

// read returns the body of a request and the function that gives its memory
// back. Memory is taken as bytes come, not as a header promises them, so that
// callers who send slowly or nothing hold next to none.
func (b *bodies) read(w http.ResponseWriter, req *http.Request) (body []byte, release func(), err error) {
	me, err := b.enter(func() { limit(w, 0) })
	if err != nil {
		return nil, nil, err
	}
	defer b.leave(me)
	held := int64(0)
	release = func() { b.give(held) }
	defer func() {
		if err != nil {
			release()
		}
	}()
	body = make([]byte, 0, firstSize(req.ContentLength))
	for {
		if len(body) == cap(body) {
			more := int64(min(cap(body), maxBody+1-cap(body)))
			if err := b.take(me, more); err != nil {
				return nil, release, err
			}
			held += more
			body = append(make([]byte, 0, int64(cap(body))+more), body...)
		}
		n, err := req.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > maxBody:
			return nil, release, errTooLarge
		case errors.Is(err, io.EOF):
			return body, release, nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, release, refusal(http.StatusRequestTimeout, "the body did not come in time")
		case err != nil:
			return nil, release, refusal(http.StatusBadRequest, "the body broke off")
		}
	}
}

// limit ends the reading of a request so long from now; the server gives the
// next one on the connection its own time.
func limit(w http.ResponseWriter, d time.Duration) {
	// It fails only where there is no connection, in tests.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(d))
}

// firstSize is what a body is begun with: a little more than it has, so that
// its end is seen without growing.
func firstSize(length int64) int64 {
	if length < 0 || length >= firstBytes {
		return firstBytes
	}
	return length + 1
}
