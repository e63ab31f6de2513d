package github

import (
	"context"
	"net/http"
)

// Status is what stands beside a commit.
type Status struct {
	State       string `json:"state"` // "pending", "success", "failure", "error"
	TargetURL   string `json:"target_url,omitempty"`
	Description string `json:"description,omitempty"` // 140 characters at most
	Context     string `json:"context"`
}

// MaxDescription is how many characters of a description GitHub takes.
const MaxDescription = 140

// SetStatus sets the status of a commit. A later one of the same context takes
// its place.
func (c *Client) SetStatus(ctx context.Context, repository, commit string, s Status) error {
	return c.call(ctx, http.MethodPost, repository, "/statuses/"+commit, s, nil)
}
