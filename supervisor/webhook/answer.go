package webhook

import (
	"encoding/json"
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// answer tells what was decided; hosts show it beside a delivery.
func (r *Receiver) answer(w http.ResponseWriter, status int, d slot.Delivery) {
	body := map[string]any{"delivery": d.Number}
	if d.Reason != "" {
		body["reason"] = d.Reason
	}
	if len(d.Decisions) > 0 {
		body["decisions"] = d.Decisions
	}
	reply(w, status, body)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", typeJSON)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller went away
}
