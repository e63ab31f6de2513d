// Package github calls the few routes of GitHub's REST API that slot has a use
// for: the user's repositories, the hooks of one, the status of a commit, the comments of a
// pull request. https://docs.github.com/en/rest. It keeps no state.
package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// DefaultAPI is the address of the API of github.com; GitHub Enterprise
// Server's is https://HOST/api/v3.
const DefaultAPI = "https://api.github.com"

// Client calls the API. Safe for concurrent use.
type Client struct {
	base, token string
	http        *http.Client
}

// New returns a client; base "" is DefaultAPI.
func New(base, token string) (*Client, error) {
	if base == "" {
		base = DefaultAPI
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, slot.E(slot.KindUsage, "GITHUB_API_URL is "+DefaultAPI+", or https://HOST/api/v3", fmt.Errorf("%q is no address of an API", base))
	}
	return &Client{base: strings.TrimRight(base, "/"), token: token, http: &http.Client{Timeout: 15 * time.Second}}, nil
}

// WebHost returns the host of the pages that belong to the API at an address:
// github.com, or that of a GitHub Enterprise. "" where the address does not say,
// as that of a proxy.
func WebHost(base string) string {
	u, err := url.Parse(base)
	switch {
	case base == "" || strings.TrimRight(base, "/") == DefaultAPI:
		return "github.com"
	case err != nil:
		return ""
	case strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/api/v3"):
		return strings.ToLower(u.Hostname()) // GitHub Enterprise Server
	case strings.HasPrefix(u.Hostname(), "api.") && strings.HasSuffix(u.Hostname(), ".ghe.com"):
		return strings.TrimPrefix(u.Hostname(), "api.") // with data residency
	}
	return ""
}

// version is that of the API whose shapes are used here.
const version = "2022-11-28"

var nameForm = lazyregexp.New(`^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$`)

// call sends in to a route below a repository, given as "owner/name", and
// reads the answer into out.
func (c *Client) call(ctx context.Context, method, repository, route string, in, out any) error {
	if !nameForm.MatchString(repository) || strings.Contains(repository, "..") {
		return slot.E(slot.KindUsage, "", fmt.Errorf("%q is not the name of a repository on GitHub", repository))
	}
	return c.send(ctx, method, repository, "/repos/"+repository+route, in, out)
}

// send sends in to a route and reads the answer into out; what names what is
// asked for, for people.
func (c *Client) send(ctx context.Context, method, what, route string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+route, body)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("X-GitHub-Api-Version", version)
	req.Header.Set("User-Agent", "slot")
	req.Header.Set("Authorization", "Bearer "+c.token)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return slot.E(slot.KindFailed, "check the network, or GITHUB_API_URL", fmt.Errorf("cannot reach %s: %w", c.base, cause(err)))
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err != nil {
		return fmt.Errorf("cannot read GitHub's answer: %w", err)
	}
	if res.StatusCode >= 300 {
		return refusal(what, res, text)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("cannot read GitHub's answer: %w", err)
	}
	return nil
}

// cause leaves out the address, which the message has already.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// refusal turns GitHub's answer into one line with a remedy.
func refusal(what string, res *http.Response, text []byte) error {
	var said struct {
		Message string
		Errors  []struct{ Message string }
	}
	_ = json.Unmarshal(text, &said) // what it says is only shown
	why := said.Message
	for _, e := range said.Errors {
		if e.Message != "" {
			why += ": " + e.Message
		}
	}
	kind, hint := slot.KindFailed, ""
	switch {
	case res.StatusCode == http.StatusUnauthorized:
		kind, hint = slot.KindRefused, "set GITHUB_TOKEN to a token that is good"
	case res.Header.Get("X-RateLimit-Remaining") == "0":
		hint = "wait an hour: the token has used up its calls"
	case res.StatusCode == http.StatusForbidden, res.StatusCode == http.StatusNotFound:
		kind = slot.KindRefused
		hint = "the token needs to be allowed to that repository: webhooks, commit statuses and pull requests to read and write (a classic one: repo, admin:repo_hook)"
	}
	return slot.E(kind, hint, fmt.Errorf("GitHub refuses %s: %s (%d)", what, why, res.StatusCode))
}
