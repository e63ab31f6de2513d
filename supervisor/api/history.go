package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// deployments answers with what ?slot, ?state, ?since and ?limit choose.
func (s *server) deployments(w http.ResponseWriter, r *http.Request) {
	q, err := queryOf(r)
	if err != nil {
		fail(w, err)
		return
	}
	all := s.Store.FindDeployments(q)
	if all == nil {
		all = []slot.Deployment{}
	}
	answer(w, all)
}

func queryOf(r *http.Request) (q store.Query, err error) {
	v := r.URL.Query()
	if n := v.Get("slot"); n != "" {
		if q.Slot, err = slot.ParseName(n); err != nil {
			return q, err
		}
	}
	for word := range strings.SplitSeq(v.Get("state"), ",") {
		if word == "" {
			continue
		}
		state, err := slot.ParseDeploymentState(word)
		if err != nil {
			return q, err
		}
		q.States = append(q.States, state)
	}
	if since := v.Get("since"); since != "" {
		if q.Since, err = time.Parse(time.RFC3339Nano, since); err != nil {
			return q, slot.E(slot.KindUsage, "", fmt.Errorf("since is %q; want a time such as 2026-05-01T12:00:00Z", since))
		}
	}
	q.Limit, err = number(r, "limit", 50)
	return q, err
}

// deployment answers with one record.
func (s *server) deployment(w http.ResponseWriter, r *http.Request) {
	id, err := deploymentID(r)
	if err != nil {
		fail(w, err)
		return
	}
	d, ok := s.Store.Deployment(id)
	if !ok {
		fail(w, slot.E(slot.KindNotFound, "slot history shows those that are kept", fmt.Errorf("no deployment %d", id)))
		return
	}
	answer(w, d)
}
