package webhook

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// host is how one kind of sender signs and what it says.
type host struct {
	name      string
	event     string                                                                   // the header that names the event
	delivery  []string                                                                 // headers that name the delivery, the best first
	signature func(h http.Header, secrets []string, now time.Time) (signed, error)     //
	parse     func(event string, h http.Header, payload []byte) (slot.Delivery, error) // what it tells; only ever of a signed body
}

// hosts in the order in which they are recognised: Gitea and Forgejo also send
// GitHub's headers, and Gogs'.
func hosts() []host {
	return []host{gitea(), gitlab(), bitbucket(), githubHost()}
}

// hostOf recognises the sender by its event header.
func hostOf(h http.Header) (host, error) {
	for _, from := range hosts() {
		if h.Get(from.event) != "" {
			return from, nil
		}
	}
	return host{}, refusal(http.StatusBadRequest, "no host of repositories sends such headers")
}

// read parses a signed body.
func (from host) read(h http.Header, contentType string, body []byte) (slot.Delivery, error) {
	payload, err := payloadOf(contentType, body)
	if err != nil {
		return slot.Delivery{}, err
	}
	event := clean(h.Get(from.event), 100)
	d, err := from.parse(event, h, payload)
	if err != nil {
		return slot.Delivery{}, err
	}
	d.Event = event
	for _, name := range from.delivery {
		if d.ID == "" {
			d.ID = clean(h.Get(name), 100)
		}
	}
	if d.ID == "" {
		d.ID = strings.ToLower(rand.Text())
	}
	return d, nil
}
