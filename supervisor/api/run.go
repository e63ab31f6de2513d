package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/deploy"
)

// run answers what a one-off process of a release needs; the caller starts it,
// with its own terminal.
func (s *server) run(w http.ResponseWriter, r *http.Request) {
	n, err := slot.ParseName(r.PathValue("slot"))
	if err != nil {
		fail(w, err)
		return
	}
	id, err := number(r, "release", 0)
	if err != nil {
		fail(w, err)
		return
	}
	out, err := s.Engine.OneOff(r.Context(), n, id)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, out)
}

// OneOff returns the environment and folder of a release, of the live one when
// id is 0. It holds secrets in clear.
func (c *Client) OneOff(ctx context.Context, n slot.Name, id int) (o deploy.OneOff, err error) {
	return o, c.call(ctx, http.MethodGet, fmt.Sprintf("/v1/slots/%s/run?release=%d", n, id), nil, &o)
}
