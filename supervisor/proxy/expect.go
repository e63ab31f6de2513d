package proxy

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

var errRefused = errors.New("the app answered without the body")

// expectation holds a request's body back until the app asks for it (Expect:
// 100-continue). A nil one is of a request that expects nothing.
type expectation struct {
	io.ReadCloser
	once    sync.Once
	decided chan struct{}
	refused bool // read it after decided
}

// expecting returns the request with its body held back, if it asks for that.
func expecting(r *http.Request) (*http.Request, *expectation) {
	if !strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		return r, nil
	}
	e := &expectation{ReadCloser: r.Body, decided: make(chan struct{})}
	r = r.WithContext(r.Context())
	r.Body = e
	return r, e
}

// fulfil lets the body go.
func (e *expectation) fulfil() { e.decide(false) }

// refuse keeps the body, unless it was let go before.
func (e *expectation) refuse() { e.decide(true) }

func (e *expectation) decide(refused bool) {
	if e == nil {
		return
	}
	e.once.Do(func() {
		e.refused = refused
		close(e.decided)
	})
}

func (e *expectation) Read(p []byte) (int, error) {
	select {
	case <-e.decided:
	default:
		select {
		case <-e.decided:
		case <-time.After(expectTimeout):
			e.fulfil()
		}
	}
	if e.refused {
		return 0, errRefused
	}
	return e.ReadCloser.Read(p)
}
