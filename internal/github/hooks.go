package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// hook is a repository's webhook as the API has it.
type hook struct {
	ID     int64      `json:"id,omitempty"`
	Name   string     `json:"name,omitempty"` // always "web"
	Active bool       `json:"active"`
	Events []string   `json:"events"`
	Config hookConfig `json:"config"`
}

type hookConfig struct {
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	Secret      string `json:"secret,omitempty"`
	InsecureSSL string `json:"insecure_ssl"`
}

// maxHooks is how many one call lists; a repository has 20 an event at most.
const maxHooks = 100

// EnsureHook makes the repository call address with what is signed with the
// secret, or changes the hook that does so already. It reports whether it made
// a new one.
func (c *Client) EnsureHook(ctx context.Context, repository, address, secret string, events []string) (made bool, err error) {
	var all []hook
	if err := c.call(ctx, http.MethodGet, repository, fmt.Sprintf("/hooks?per_page=%d", maxHooks), nil, &all); err != nil {
		return false, err
	}
	want := hook{Active: true, Events: events, Config: hookConfig{URL: address, ContentType: "json", Secret: secret, InsecureSSL: "0"}}
	for _, h := range all {
		if strings.EqualFold(h.Config.URL, address) {
			return false, c.call(ctx, http.MethodPatch, repository, fmt.Sprintf("/hooks/%d", h.ID), want, nil)
		}
	}
	want.Name = "web"
	return true, c.call(ctx, http.MethodPost, repository, "/hooks", want, nil)
}
