package webhook

import (
	"net/http"
	"time"

	"github.com/slot-paas/slot/slot"
)

// gitea is Gitea and Forgejo, which sign alike under two names.
// https://docs.gitea.com/usage/webhooks, https://forgejo.org/docs/latest/user/webhooks/
func gitea() host {
	return host{
		name: "gitea", event: "X-Gitea-Event", delivery: []string{"X-Forgejo-Delivery", "X-Gitea-Delivery"},
		signature: func(h http.Header, secrets []string, _ time.Time) (signed, error) {
			name := "X-Gitea-Signature"
			if len(h.Values("X-Forgejo-Signature")) > 0 {
				name = "X-Forgejo-Signature"
			}
			return hexSignature(h, name, "", secrets)
		},
		parse: func(event string, _ http.Header, payload []byte) (slot.Delivery, error) {
			return parseGitHub(event, payload)
		},
	}
}
