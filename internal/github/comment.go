package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

type comment struct {
	ID   int64  `json:"id,omitempty"`
	Body string `json:"body"`
}

// Comment makes the pull request have exactly one comment that begins with
// mark: it edits the one that is there, or adds one. mark is a text that is not
// shown, such as "<!-- slot -->".
func (c *Client) Comment(ctx context.Context, repository string, number int, mark, body string) error {
	if mark == "" {
		return errors.New("a comment needs a mark")
	}
	var all []comment
	// Ours is among the first: it is written when the pull request is opened.
	if err := c.call(ctx, http.MethodGet, repository, fmt.Sprintf("/issues/%d/comments?per_page=100", number), nil, &all); err != nil {
		return err
	}
	text := comment{Body: mark + "\n" + body}
	for _, old := range all {
		if strings.HasPrefix(old.Body, mark) {
			return c.call(ctx, http.MethodPatch, repository, fmt.Sprintf("/issues/comments/%d", old.ID), text, nil)
		}
	}
	return c.call(ctx, http.MethodPost, repository, fmt.Sprintf("/issues/%d/comments", number), text, nil)
}
