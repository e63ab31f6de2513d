package webhook

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// bodies shares out what reading bodies may take. When all is taken the oldest
// reader makes room: real hosts send theirs within milliseconds, so whoever
// holds on to a place loses it to them, and callers who send slowly cannot lock
// others out.
type bodies struct {
	mu      sync.Mutex
	readers []*bodyReader // the oldest first
	memory  int64         // still free
	left    chan struct{} // closed when somebody gave something back
}

type bodyReader struct {
	since time.Time
	cut   func() // ends its reading; nil once that is done and it is about to go
}

func newBodies() *bodies { return &bodies{memory: maxMemory, left: make(chan struct{})} }

var errBusy = refusal(http.StatusServiceUnavailable, "too many calls at once")

// The patience with readers when others wait, and of those.
const (
	readerTime = 250 * time.Millisecond
	waitTime   = time.Second
)

// enter takes a place among the readers. cut must end the caller's reading.
func (b *bodies) enter(cut func()) (*bodyReader, error) {
	me := &bodyReader{since: time.Now(), cut: cut}
	err := b.wait(me, func() bool {
		if len(b.readers) >= maxReaders {
			return false
		}
		b.readers = append(b.readers, me)
		return true
	})
	return me, err
}

// take takes memory for a reader.
func (b *bodies) take(me *bodyReader, n int64) error {
	return b.wait(me, func() bool {
		if b.memory < n {
			return false
		}
		b.memory -= n
		return true
	})
}

// wait tries until there is room, as long as somebody makes some.
func (b *bodies) wait(me *bodyReader, try func() bool) error {
	timer := time.NewTimer(waitTime)
	defer timer.Stop()
	for {
		b.mu.Lock()
		if try() {
			b.mu.Unlock()
			return nil
		}
		hope, left := b.cutOldest(me), b.left
		b.mu.Unlock()
		if !hope {
			return errBusy
		}
		select {
		case <-left:
		case <-timer.C:
			return errBusy
		}
	}
}

// cutOldest makes the oldest reader go that had its time, and reports whether
// any is about to.
func (b *bodies) cutOldest(me *bodyReader) (hope bool) {
	for _, r := range b.readers {
		switch {
		case r == me:
		case r.cut == nil:
			hope = true
		case time.Since(r.since) < readerTime:
			return hope // those behind it are younger
		default:
			r.cut()
			r.cut = nil
			return true
		}
	}
	return hope
}

func (b *bodies) leave(me *bodyReader) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readers = slices.DeleteFunc(b.readers, func(r *bodyReader) bool { return r == me })
	b.tell()
}

func (b *bodies) give(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.memory += n
	b.tell()
}

func (b *bodies) tell() {
	close(b.left)
	b.left = make(chan struct{})
}
