package api

import (
	"context"
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// usage measures what the slots take at this moment; two answers make rates.
func (s *server) usage(w http.ResponseWriter, _ *http.Request) { answer(w, s.Engine.Usage()) }

// Usage measures all five slots: slot.Usage.Rates compares two answers.
func (c *Client) Usage(ctx context.Context) (all []slot.Usage, err error) {
	return all, c.call(ctx, http.MethodGet, "/v1/usage", nil, &all)
}
