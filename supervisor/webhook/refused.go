package webhook

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// refused is why a call is not accepted, in words that may be told to anyone.
type refused struct {
	status int
	reason string
}

func (e *refused) Error() string { return e.reason }

func refusal(status int, reason string) error { return &refused{status, reason} }

// The refusals that several places give.
var (
	errTooLarge  = refusal(http.StatusRequestEntityTooLarge, "the body has more than 25 MB")
	errUnsigned  = refusal(http.StatusUnauthorized, "the call is not signed")
	errSignature = refusal(http.StatusUnauthorized, "the signature is wrong")
	errMalformed = refusal(http.StatusBadRequest, "the body cannot be read")
)

// refuse answers a call that is not accepted and counts it. It writes nothing
// to disk or log: a flood must cost next to nothing.
func (r *Receiver) refuse(w http.ResponseWriter, err error) {
	var no *refused
	if !errors.As(err, &no) {
		r.Log.Error("cannot accept a delivery", slot.KeyError, err)
		no = &refused{http.StatusServiceUnavailable, "the delivery cannot be recorded"}
	}
	r.refused.count(no, r.now())
	switch no.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Connection", "close") // the rest of the body is not wanted
	reply(w, no.status, map[string]any{"error": no.reason})
}

// refusals counts, by status and reason; both come from this package alone, so
// that there are few.
type refusals struct {
	mu  sync.Mutex
	sum map[refused]*slot.Refusal
}

func (r *refusals) count(no *refused, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sum == nil {
		r.sum = map[refused]*slot.Refusal{}
	}
	if r.sum[*no] == nil {
		r.sum[*no] = &slot.Refusal{Status: no.status, Reason: no.reason}
	}
	r.sum[*no].Count++
	r.sum[*no].Last = now.UTC()
}

func (r *refusals) list() []slot.Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := []slot.Refusal{}
	for _, s := range r.sum {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b slot.Refusal) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Reason, b.Reason))
	})
	return all
}
