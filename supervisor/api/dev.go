package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/deploy"
)

// Dev is what a program needs that is to stand for a slot's app for a while.
type Dev struct {
	Env []string `json:"env"` // NAME=value; holds secrets in clear
	URL string   `json:"url"` // where people will see it
}

func (s *server) devEnvironment(w http.ResponseWriter, r *http.Request) {
	n, err := slot.ParseName(r.PathValue("slot"))
	if err != nil {
		fail(w, err)
		return
	}
	port, err := number(r, "port", 0)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, Dev{Env: s.Engine.DevEnvironment(n, port), URL: s.Engine.URL(n)})
}

// dev lends the slot's address for as long as the request lasts. The first
// line says that it is lent.
func (s *server) dev(w http.ResponseWriter, r *http.Request) {
	n, err := slot.ParseName(r.PathValue("slot"))
	if err != nil {
		fail(w, err)
		return
	}
	var loan deploy.Loan
	if err := read(w, r, &loan); err != nil {
		fail(w, err)
		return
	}
	lent := false
	err = s.Engine.Lend(r.Context(), n, loan, func() error {
		lent = true
		return newStream(w).send(map[string]bool{"lent": true})
	})
	if err != nil && !lent {
		fail(w, err)
	}
}

// Dev returns what a program needs that stands for the slot's app on a port.
func (c *Client) Dev(ctx context.Context, n slot.Name, port int) (d Dev, err error) {
	return d, c.call(ctx, http.MethodGet, fmt.Sprintf("/v1/slots/%s/dev?port=%d", n, port), nil, &d)
}

// Lend lends the slot's address until ctx ends. It returns when it is lent; the
// channel is closed when the loan is over, which it also is when the daemon
// goes away.
func (c *Client) Lend(ctx context.Context, n slot.Name, loan deploy.Loan) (over <-chan struct{}, err error) {
	res, err := c.do(ctx, http.MethodPost, fmt.Sprintf("/v1/slots/%s/dev", n), loan)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(res.Body)
	var line struct{ Lent bool }
	if err := dec.Decode(&line); err != nil {
		res.Body.Close()
		return nil, unreachable(c.home, err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer res.Body.Close()
		var rest any
		_ = dec.Decode(&rest) // nothing more is sent: it returns at the end
	}()
	return done, nil
}
