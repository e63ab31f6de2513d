package webhook

import (
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// gitlab is gitlab.com and GitLab's own installations: a secret token in clear
// or, better, a signing token in the form of Standard Webhooks.
// https://docs.gitlab.com/user/project/integrations/webhooks/
func gitlab() host {
	return host{
		name: "gitlab", event: "X-Gitlab-Event",
		delivery:  []string{"Idempotency-Key", "webhook-id", "X-Gitlab-Event-UUID"},
		signature: gitlabSignature,
		parse:     parseGitLab,
	}
}

// signingPrefix begins the secrets of Standard Webhooks; base64 follows.
const signingPrefix = "whsec_"

// SigningToken is the secret in the form that GitLab's field "signing token"
// takes.
func SigningToken(secret string) string {
	return signingPrefix + base64.StdEncoding.EncodeToString([]byte(secret))
}

// maxSkew is how far the time of a signed call may be from ours: what Standard
// Webhooks asks for, against calls that are sent again later.
const maxSkew = 5 * time.Minute

func gitlabSignature(h http.Header, secrets []string, now time.Time) (signed, error) {
	if h.Get("webhook-signature") == "" {
		token := h.Values("X-Gitlab-Token")
		switch {
		case len(token) == 0:
			return nil, errUnsigned
		case len(token) > 1 || !isOneOf(token[0], secrets):
			return nil, errSignature
		}
		return func([]byte) bool { return true }, nil
	}
	id, at := h.Get("webhook-id"), h.Get("webhook-timestamp")
	unix, err := strconv.ParseInt(at, 10, 64)
	if skew := now.Sub(time.Unix(unix, 0)).Abs(); err != nil || id == "" || skew > maxSkew {
		return nil, refusal(http.StatusUnauthorized, "the signature is too old, or its time is missing")
	}
	var got [][]byte
	for _, word := range strings.Fields(h.Get("webhook-signature")) {
		text, ok := strings.CutPrefix(word, "v1,")
		sum, err := base64.StdEncoding.DecodeString(text)
		if ok && err == nil && len(got) < 5 {
			got = append(got, sum)
		}
	}
	if len(got) == 0 {
		return nil, errSignature
	}
	return func(body []byte) bool {
		right := false
		for _, secret := range secrets {
			want := sign(secret, []byte(id+"."+at+"."), body)
			for _, sum := range got {
				right = hmac.Equal(sum, want) || right
			}
		}
		return right
	}, nil
}

func parseGitLab(event string, _ http.Header, payload []byte) (slot.Delivery, error) {
	if event == "Merge Request Hook" {
		pull, err := parseMergeRequest(payload)
		return slot.Delivery{Pull: pull}, err
	}
	if event != "Push Hook" && event != "Tag Push Hook" {
		return slot.Delivery{Reason: "events of this kind deploy nothing"}, nil
	}
	var g struct {
		Ref, Before, After string
		CheckoutSHA        string `json:"checkout_sha"`
		UserName           string `json:"user_name"`
		Project            struct {
			Path          string `json:"path_with_namespace"`
			WebURL        string `json:"web_url"`
			DefaultBranch string `json:"default_branch"`
		}
		Commits []struct {
			ID, Message string
			Author      struct{ Name string }
		}
	}
	if err := decode(payload, &g); err != nil {
		return slot.Delivery{}, err
	}
	p := slot.Push{
		Repository: g.Project.Path, Host: hostName(g.Project.WebURL), DefaultBranch: g.Project.DefaultBranch,
		Ref: g.Ref, Before: g.Before, After: g.After, Pusher: g.UserName,
	}
	for _, c := range g.Commits {
		if c.ID == g.After {
			p.Subject, p.Author = c.Message, c.Author.Name
		}
	}
	p, err := bound(p)
	return slot.Delivery{Pushes: []slot.Push{p}}, err
}
