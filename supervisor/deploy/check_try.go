package deploy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// pause is how long to wait after a try that failed. One that finds nobody
// listening costs next to nothing, and nobody is asked too often.
func (p *probe) pause(waited time.Duration) time.Duration {
	if errors.Is(p.last, syscall.ECONNREFUSED) {
		return min(max(waited/16, refusedPause), p.interval)
	}
	return min(max(waited/8, firstPause), p.interval)
}

// try makes one request, once somebody listens.
func (p *probe) try(ctx context.Context) bool {
	start := time.Now()
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port))
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		p.fail(ctx, err)
		return false
	}
	defer c.Close()
	if p.portOnly {
		p.last, p.took = nil, time.Since(start)
		return true
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+p.path, nil)
	if err != nil {
		p.last = err
		return false
	}
	req.Host = p.host
	req.Header.Set("User-Agent", "slot-healthcheck")
	client := *p.client
	client.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) { return c, nil }}
	res, err := client.Do(req)
	if err != nil {
		p.fail(ctx, err)
		return false
	}
	res.Body.Close()
	p.status, p.took = res.StatusCode, time.Since(start)
	if !p.wants(res.StatusCode) {
		p.last = fmt.Errorf("it answered %s", res.Status)
		return false
	}
	p.last = nil
	return true
}

// fail notes why a try failed, unless it is only that time was up.
func (p *probe) fail(ctx context.Context, err error) {
	end, limited := ctx.Deadline() // the dialer may see it first
	late := ctx.Err() != nil || limited && !time.Now().Before(end)
	if !late || p.last == nil {
		p.last = err
	}
}

// wants reports whether a status is a good answer.
func (p *probe) wants(status int) bool {
	switch {
	case p.lenient:
		return true
	case p.own:
		return status >= 200 && status < 400
	}
	return status >= 200 && status < 500
}
