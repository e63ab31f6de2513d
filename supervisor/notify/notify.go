// Package notify tells an address of what happened to a slot: a POST of JSON,
// tried three times, that nobody waits for. It owns the form of the message and
// the manners of the call; what is worth a notice is the deploy room's business.
// A Sender has a goroutine for each notice under way and stops with Close.
package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// The manners of a call: what chat services answer in, and pauses that bridge
// a restart of theirs without piling up.
const (
	tryTimeout   = 5 * time.Second
	maxUnderWay  = 32
	maxRedirects = 3
	closeGrace   = 3 * time.Second
)

// pauses stand between the tries; there is one try more.
var pauses = []time.Duration{time.Second, 5 * time.Second}

// Sender sends notices. Safe for concurrent use.
type Sender struct {
	client *http.Client
	log    *slog.Logger
	pauses []time.Duration
	ctx    context.Context // ends all that is under way
	cancel context.CancelFunc
	places chan struct{}

	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

// New returns a sender.
func New(log *slog.Logger) *Sender {
	ctx, cancel := context.WithCancel(context.Background())
	return &Sender{
		log: log, ctx: ctx, cancel: cancel, pauses: pauses, places: make(chan struct{}, maxUnderWay),
		client: &http.Client{Timeout: tryTimeout, CheckRedirect: sameHost},
	}
}

// sameHost keeps a notice at the address that the user trusts with it.
func sameHost(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > maxRedirects || next.URL.Host != first.Host || next.URL.Scheme != first.Scheme || next.Method != http.MethodPost {
		return http.ErrUseLastResponse
	}
	return nil
}

// Send sends a notice to an address and returns at once. failed is called, from
// another goroutine, when it could not be delivered, with an error that does
// not hold the address. After Close nothing is sent.
func (s *Sender) Send(address string, n slot.Notice, failed func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	select {
	case s.places <- struct{}{}:
	default:
		s.log.Warn("a notice was dropped: too many are under way", slot.KeySlot, n.Slot)
		return
	}
	s.wg.Go(func() {
		defer func() { <-s.places }()
		if err := s.deliver(address, n); err != nil {
			s.log.Warn("cannot deliver a notice", slot.KeySlot, n.Slot, slot.KeyError, err)
			failed(err)
		}
	})
}

// Close gives what is under way a moment and ends the rest.
func (s *Sender) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	timer := time.AfterFunc(closeGrace, s.cancel)
	defer timer.Stop()
	s.wg.Wait()
	s.cancel()
}

func (s *Sender) deliver(address string, n slot.Notice) error {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(newMessage(n)); err != nil {
		return err
	}
	for try := 0; ; try++ {
		again, err := s.try(address, body.Bytes())
		if err == nil {
			return nil
		}
		if !again || try == len(s.pauses) {
			return fmt.Errorf("cannot notify %s: %w", slot.HideAddress(address), err)
		}
		select {
		case <-time.After(s.pauses[try]):
		case <-s.ctx.Done():
			return fmt.Errorf("cannot notify %s: %w", slot.HideAddress(address), err)
		}
	}
}

// try sends once; again tells whether another try may do better.
func (s *Sender) try(address string, body []byte) (again bool, err error) {
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return false, errors.New("it is not an address")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "slot")
	res, err := s.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address
		}
		return s.ctx.Err() == nil, err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	switch {
	case res.StatusCode < 300:
		return false, nil
	case res.StatusCode < 400:
		return false, fmt.Errorf("it answers %d and leads to another host, which slot does not follow", res.StatusCode)
	}
	return res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests, fmt.Errorf("it answers %d", res.StatusCode)
}
