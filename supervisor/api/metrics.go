package api

import (
	"context"
	"net/http"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/metrics"
)

// traffic sends what came to each slot.
func (s *server) traffic(w http.ResponseWriter, _ *http.Request) { answer(w, s.Engine.Traffic()) }

// snapshot is what /metrics tells.
func (s *server) snapshot() metrics.Snapshot {
	m := metrics.Snapshot{Version: s.Version, Traffic: s.Engine.Traffic()}
	for _, n := range slot.Names() {
		m.Status = append(m.Status, s.Engine.Status(n))
	}
	return m
}

// Traffic returns what came to each of the five slots since the daemon started.
func (c *Client) Traffic(ctx context.Context) (all []slot.Traffic, err error) {
	return all, c.call(ctx, http.MethodGet, "/v1/traffic", nil, &all)
}
