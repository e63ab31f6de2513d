package webhook

import (
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Token is the bearer token with which a program of any kind may deploy one
// slot. It is made from the secret, so that it changes with it, and says
// nothing of the secret or of other slots' tokens.
func Token(secret string, n slot.Name) string {
	return hex.EncodeToString(sign(secret, []byte("slot webhook token "+n)))
}

// receiveToken answers POST /webhook/SLOT, the door for what no host above
// sends: a CI job, say. What deploys is in the address; the body is not read.
func (r *Receiver) receiveToken(w http.ResponseWriter, req *http.Request) {
	d, status, err := r.acceptToken(req)
	if err != nil {
		r.refuse(w, err)
		return
	}
	r.answer(w, status, d)
}

func (r *Receiver) acceptToken(req *http.Request) (slot.Delivery, int, error) {
	if req.Method != http.MethodPost {
		return slot.Delivery{}, 0, refusal(http.StatusMethodNotAllowed, "only POST is answered here")
	}
	got, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return slot.Delivery{}, 0, errUnsigned
	}
	keys, err := r.Store.Webhook()
	if err != nil {
		return slot.Delivery{}, 0, err
	}
	// An unknown slot is told only to who could have had a token for it: none.
	n, err := slot.ParseName(req.PathValue("slot"))
	var tokens []string
	for _, secret := range keys.All() {
		tokens = append(tokens, Token(secret, n))
	}
	if err != nil || !isOneOf(got, tokens) {
		return slot.Delivery{}, 0, refusal(http.StatusUnauthorized, "the token is wrong")
	}
	d := slot.Delivery{Source: "token", Event: "deploy", ID: clean(req.Header.Get("X-Request-Id"), 100)}
	d.Time = r.now().UTC()
	d.Decisions = []slot.Decision{r.submit(n, slot.TriggerPush, slot.Source{})}
	if d, err = r.Store.AddDelivery(d); err != nil {
		return d, 0, err
	}
	return d, statusOf(d), nil
}
