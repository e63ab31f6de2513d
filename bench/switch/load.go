package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// The mix of visitors: most keep their connection, some come fresh each time,
// some send a body. It is steady rather than as fast as can be: the question
// is what is lost, and the machine has other work.
const (
	keepAlive  = 16
	fresh      = 4
	posting    = 4
	pause      = 5 * time.Millisecond
	slowAfter  = 100 * time.Millisecond
	tryTimeout = 30 * time.Second
)

// load is a set of visitors.
type load struct {
	url string
	wg  sync.WaitGroup
	mu  sync.Mutex
	all result
}

// result is what they noticed.
type result struct {
	requests int
	slow     int
	failures []string
	latency  []time.Duration
}

func newLoad(url string) *load { return &load{url: url} }

// start lets the visitors come until ctx ends.
func (l *load) start(ctx context.Context) {
	visit := func(n int, keep bool, body []byte) {
		for range n {
			l.wg.Go(func() {
				t := &http.Transport{DisableKeepAlives: !keep, MaxIdleConnsPerHost: 1}
				defer t.CloseIdleConnections()
				l.visitor(ctx, &http.Client{Transport: t, Timeout: tryTimeout}, body)
			})
		}
	}
	visit(keepAlive, true, nil)
	visit(fresh, false, nil)
	visit(posting, true, bytes.Repeat([]byte("x"), 64<<10))
}

// wait returns when every visitor has gone, each after its last answer.
func (l *load) wait() result {
	l.wg.Wait()
	slices.Sort(l.all.latency)
	return l.all
}

func (l *load) visitor(ctx context.Context, c *http.Client, body []byte) {
	var mine result
	for ctx.Err() == nil {
		at := time.Now()
		err := one(c, l.url, body)
		took := time.Since(at)
		mine.requests++
		mine.latency = append(mine.latency, took)
		if err != nil {
			mine.failures = append(mine.failures, fmt.Sprintf("%s after %v: %v", at.Format("15:04:05.000"), took, err))
		} else if took > slowAfter {
			mine.slow++
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.requests += mine.requests
	l.all.slow += mine.slow
	l.all.failures = append(l.all.failures, mine.failures...)
	l.all.latency = append(l.all.latency, mine.latency...)
}

// one makes a request that is not tied to the end of the run: only what the
// server loses may count.
func one(c *http.Client, url string, body []byte) error {
	method, want := http.MethodGet, http.StatusOK
	if body != nil {
		method, want = http.MethodPost, http.StatusNotFound // the example has no such route, and says so
	}
	req, err := http.NewRequest(method, url+"/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != want {
		return fmt.Errorf("%s answered %s", method, res.Status)
	}
	return nil
}

func (r result) quantile(q float64) time.Duration {
	if len(r.latency) == 0 {
		return 0
	}
	return r.latency[int(q*float64(len(r.latency)-1))].Round(100 * time.Microsecond)
}
