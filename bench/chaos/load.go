package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// load is visitors of both slots for the whole run. Some keep their connection,
// some come fresh each time, and one only knocks: it connects and goes.
type load struct {
	wg  sync.WaitGroup
	mu  sync.Mutex
	all tally
	// allowed is set while neither keeper nor daemon lives.
	allowed bool
}

// tally is what they noticed.
type tally struct {
	requests int
	refused  int // new connections, while keeper or daemon lived
	broken   int // in flight when a daemon was killed
	wrong    int // answered with another status than 200
	slowest  time.Duration
	examples []string
}

func (t tally) minus(o tally) tally {
	return tally{requests: t.requests - o.requests, refused: t.refused - o.refused, broken: t.broken - o.broken, wrong: t.wrong - o.wrong}
}

func (l *load) start(ctx context.Context, urls ...string) {
	for _, url := range urls {
		for range 6 {
			l.wg.Go(func() { l.visit(ctx, url, true) })
		}
		for range 2 {
			l.wg.Go(func() { l.visit(ctx, url, false) })
		}
		l.wg.Go(func() { l.knock(ctx, url[len("http://"):]) })
	}
}

func (l *load) visit(ctx context.Context, url string, keep bool) {
	t := &http.Transport{DisableKeepAlives: !keep}
	defer t.CloseIdleConnections()
	c := &http.Client{Transport: t, Timeout: patience}
	for ctx.Err() == nil {
		at := time.Now()
		err := ask(c, url)
		l.count(err, time.Since(at))
		rest(ctx, 5*time.Millisecond)
	}
}

type wrongStatus string

func (w wrongStatus) Error() string { return "answered " + string(w) }

func ask(c *http.Client, url string) error {
	res, err := c.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return wrongStatus(res.Status)
	}
	return nil
}

func (l *load) knock(ctx context.Context, address string) {
	for ctx.Err() == nil {
		at := time.Now()
		c, err := net.DialTimeout("tcp", address, patience)
		if err == nil {
			c.Close()
		}
		if err != nil {
			l.count(err, time.Since(at))
		}
		rest(ctx, 2*time.Millisecond)
	}
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (l *load) count(err error, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.requests++
	l.all.slowest = max(l.all.slowest, took)
	if err == nil || l.allowed && errors.Is(err, syscall.ECONNREFUSED) {
		return
	}
	var wrong wrongStatus
	switch {
	case errors.As(err, &wrong):
		l.all.wrong++
	case errors.Is(err, syscall.ECONNREFUSED):
		l.all.refused++
	default:
		l.all.broken++
	}
	if len(l.all.examples) < 40 {
		l.all.examples = append(l.all.examples, fmt.Sprintf("%s after %v: %v", time.Now().Format("15:04:05.000"), took.Round(time.Millisecond), err))
	}
}

// allow says whether refused connections are to be expected now.
func (l *load) allow(yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.allowed = yes
}

func (l *load) now() tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.all
	l.all.slowest, l.all.examples = 0, nil
	return t
}
