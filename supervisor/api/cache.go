package api

import (
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// CacheClear is the body of POST /v1/cache/clear.
type CacheClear struct {
	Slots  []slot.Name `json:"slots,omitempty"`
	Shared bool        `json:"shared,omitempty"` // those that all slots share
}

func (s *server) caches(w http.ResponseWriter, r *http.Request) {
	all, err := s.Engine.Hooks.Caches(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, all)
}

// clearCaches answers with the caches that are gone, as they were.
func (s *server) clearCaches(w http.ResponseWriter, r *http.Request) {
	var req CacheClear
	err := read(w, r, &req)
	for i, n := range req.Slots {
		if err == nil {
			req.Slots[i], err = slot.ParseName(string(n))
		}
	}
	if err != nil {
		fail(w, err)
		return
	}
	gone, err := s.Engine.Hooks.ClearCaches(r.Context(), req.Slots, req.Shared)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, gone)
}
