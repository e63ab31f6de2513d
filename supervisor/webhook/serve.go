package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// The content types that hosts send.
const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// receive answers a call of a host of repositories: what is cheap to refuse is
// refused first, and nothing is parsed before its signature is known to be
// right.
func (r *Receiver) receive(w http.ResponseWriter, req *http.Request) {
	d, status, err := r.accept(w, req)
	if err != nil {
		r.refuse(w, err)
		return
	}
	r.answer(w, status, d)
}

func (r *Receiver) accept(w http.ResponseWriter, req *http.Request) (slot.Delivery, int, error) {
	if req.Method != http.MethodPost {
		return slot.Delivery{}, 0, refusal(http.StatusMethodNotAllowed, "only POST is answered here")
	}
	kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || kind != typeJSON && kind != typeForm {
		return slot.Delivery{}, 0, refusal(http.StatusUnsupportedMediaType, "the content type is not application/json")
	}
	if req.ContentLength > maxBody {
		return slot.Delivery{}, 0, errTooLarge
	}
	from, err := hostOf(req.Header)
	if err != nil {
		return slot.Delivery{}, 0, err
	}
	keys, err := r.Store.Webhook()
	if err != nil {
		return slot.Delivery{}, 0, err
	}
	signed, err := from.signature(req.Header, keys.All(), r.now())
	if err != nil {
		return slot.Delivery{}, 0, err
	}
	body, release, err := r.bodies.read(w, req)
	if err != nil {
		return slot.Delivery{}, 0, err
	}
	defer release()
	if !signed(body) {
		return slot.Delivery{}, 0, errSignature
	}
	told, err := from.read(req.Header, kind, body)
	if err != nil {
		return slot.Delivery{}, 0, err
	}
	sum := sha256.Sum256(body)
	told.Source, told.Digest = from.name, hex.EncodeToString(sum[:])
	return r.take(told)
}

// take decides a delivery, begins what was decided and writes it down.
func (r *Receiver) take(d slot.Delivery) (slot.Delivery, int, error) {
	d.Time = r.now().UTC()
	switch {
	case d.Pull != nil:
		r.actOnPull(&d)
	case len(d.Pushes) > 0:
		r.act(&d)
	}
	d, err := r.Store.AddDelivery(d)
	if err != nil {
		return d, 0, err
	}
	return d, statusOf(d), nil
}

// statusOf is what the host is told: whoever looks at its list of deliveries
// should see red only where something is to be done.
func statusOf(d slot.Delivery) int {
	status := http.StatusOK
	for _, c := range d.Decisions {
		switch c.Verdict {
		case slot.VerdictDeploy, slot.VerdictFree:
			return http.StatusAccepted
		case slot.VerdictFail:
			status = http.StatusInternalServerError
		}
	}
	return status
}
