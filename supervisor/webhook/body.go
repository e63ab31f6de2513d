package webhook

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
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

// bodies reads bodies within those bounds. Memory is taken as bytes come, not
// as a header promises them, so that callers who send slowly or nothing hold
// next to none.
type bodies struct {
	readers chan struct{}
	memory  *atomic.Int64 // still free
}

func newBodies() bodies {
	b := bodies{readers: make(chan struct{}, maxReaders), memory: new(atomic.Int64)}
	b.memory.Store(maxMemory)
	return b
}

var errBusy = refusal(http.StatusServiceUnavailable, "too many calls at once")

// read returns the body of a request and the function that gives its memory
// back.
func (b bodies) read(w http.ResponseWriter, req *http.Request) (body []byte, release func(), err error) {
	select {
	case b.readers <- struct{}{}:
		defer func() { <-b.readers }()
	default:
		return nil, nil, errBusy
	}
	deadline := http.NewResponseController(w)
	if err := deadline.SetReadDeadline(time.Now().Add(bodyTime)); err == nil {
		defer func() { _ = deadline.SetReadDeadline(time.Time{}) }() // for the next request
	}
	held := int64(0)
	release = func() { b.memory.Add(held) }
	body = make([]byte, 0, firstSize(req.ContentLength))
	for {
		if len(body) == cap(body) {
			more := int64(min(cap(body), maxBody+1-cap(body)))
			if more == 0 {
				release()
				return nil, nil, errTooLarge
			}
			if b.memory.Add(-more) < 0 {
				b.memory.Add(more)
				release()
				return nil, nil, errBusy
			}
			held += more
			body = append(make([]byte, 0, int64(cap(body))+more), body...)
		}
		n, err := req.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > maxBody:
			release()
			return nil, nil, errTooLarge
		case errors.Is(err, io.EOF):
			return body, release, nil
		case err != nil:
			release()
			return nil, nil, cutOff(err)
		}
	}
}

// firstSize is what a body is begun with: a little more than it has, so that
// its end is seen without growing.
func firstSize(length int64) int64 {
	if length < 0 || length >= firstBytes {
		return firstBytes
	}
	return length + 1
}

func cutOff(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return refusal(http.StatusRequestTimeout, "the body did not come in time")
	}
	return refusal(http.StatusBadRequest, "the body broke off")
}
