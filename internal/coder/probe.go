package coder

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ProbeState is what an address showed a visitor without a login.
type ProbeState string

// The states of an address.
const (
	ProbeOpen    ProbeState = "open"    // it answers anybody
	ProbeLogin   ProbeState = "login"   // Coder wants a login first
	ProbeWaiting ProbeState = "waiting" // the app is known, but what it leads to does not answer yet
	ProbeMissing ProbeState = "missing" // Coder knows no such app, or the workspace is stopped
	ProbeForeign ProbeState = "foreign" // somebody else than Coder answers
	ProbeSilent  ProbeState = "silent"  // no answer at all
)

// Probe is what was seen.
type Probe struct {
	State  ProbeState
	Status int   // of HTTP; 0 without an answer
	Err    error // why there was none
}

// String is the finding in words.
func (p Probe) String() string {
	switch p.State {
	case ProbeOpen:
		return fmt.Sprintf("answers with %d", p.Status)
	case ProbeLogin:
		return "answers after a login to Coder"
	case ProbeWaiting:
		return fmt.Sprintf("is there, but its app does not answer yet (%d)", p.Status)
	case ProbeMissing:
		return fmt.Sprintf("is unknown to Coder (%d)", p.Status)
	case ProbeForeign:
		return fmt.Sprintf("is answered by something else than Coder (%d)", p.Status)
	}
	return fmt.Sprintf("does not answer: %v", p.Err)
}

// probeTimeout is what a visitor would wait, at most.
const probeTimeout = 10 * time.Second

// Ask asks an address as a visitor without a login does.
func Ask(ctx context.Context, address string) Probe {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Probe{State: ProbeSilent, Err: err}
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: dial, DisableKeepAlives: true}
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return Probe{State: ProbeSilent, Err: cause(err)}
	}
	defer res.Body.Close()
	page, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // what is cut off is no error page of Coder's
	return Probe{State: judge(res, string(page)), Status: res.StatusCode}
}

// judge reads what Coder's proxy answers. Its headers are on everything; on
// what it answers itself there is a redirection to its login, or a page that
// shows its sign (site/static/error.html of Coder).
func judge(res *http.Response, page string) ProbeState {
	to, err := res.Location()
	own := strings.Contains(page, `class="coder-svg"`)
	switch {
	case res.Header.Get("X-Coder-Build-Version") == "":
		return ProbeForeign
	case err == nil && (strings.HasPrefix(to.Path, "/api/v2/applications/auth-redirect") || to.Path == "/login"):
		return ProbeLogin
	case own && (res.StatusCode == http.StatusBadGateway || res.StatusCode == http.StatusServiceUnavailable):
		return ProbeWaiting
	case own:
		return ProbeMissing
	}
	return ProbeOpen
}

// dial leads names below localhost to this machine, whatever the resolver
// thinks of them (RFC 6761, section 6.3).
func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err == nil && strings.HasSuffix(host, ".localhost") {
		addr = net.JoinHostPort("127.0.0.1", port)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, addr)
}

func cause(err error) error {
	if u, ok := err.(*url.Error); ok {
		return u.Err
	}
	return err
}

// awaitTimeout is how long an address may take to come up after a build: the
// app itself starts meanwhile.
const awaitTimeout = 60 * time.Second

// Await asks until the address leads to something, or to what it last was
// when time is up.
func Await(ctx context.Context, address string) Probe {
	ctx, cancel := context.WithTimeout(ctx, awaitTimeout)
	defer cancel()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	last := Ask(ctx, address)
	for last.State != ProbeOpen && last.State != ProbeLogin {
		select {
		case <-ctx.Done():
			return last
		case <-tick.C:
		}
		if now := Ask(ctx, address); ctx.Err() == nil {
			last = now
		}
	}
	return last
}
