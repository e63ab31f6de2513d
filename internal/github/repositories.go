package github

import (
	"context"
	"net/http"
)

// Repository is one that the token's user can reach.
type Repository struct {
	Name    string `json:"full_name"` // "owner/name"
	Private bool   `json:"private"`
	HTTPS   string `json:"clone_url"`
	SSH     string `json:"ssh_url"`
}

// Repositories lists the user's own and those of their organisations, the
// latest pushed first: the 100 that one call gives. A longer list helps nobody
// to choose; an address can be typed.
func (c *Client) Repositories(ctx context.Context) (all []Repository, err error) {
	return all, c.send(ctx, http.MethodGet, "your repositories", "/user/repos?sort=pushed&per_page=100", nil, &all)
}
