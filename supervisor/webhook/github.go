package webhook

import (
	"net/http"
	"time"

	"github.com/slot-paas/slot/slot"
)

// githubHost is github.com and GitHub Enterprise Server.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads
func githubHost() host {
	return host{
		name: "github", event: "X-GitHub-Event", delivery: []string{"X-GitHub-Delivery"},
		signature: func(h http.Header, secrets []string, _ time.Time) (signed, error) {
			return hexSignature(h, "X-Hub-Signature-256", "sha256=", secrets)
		},
		parse: func(event string, _ http.Header, payload []byte) (slot.Delivery, error) {
			return parseGitHub(event, payload)
		},
	}
}

// githubPayload is what is read of GitHub's payloads, and of Gitea's, which
// are alike.
type githubPayload struct {
	Ref        string
	Before     string
	After      string
	Created    bool
	Deleted    bool
	Forced     bool
	Zen        string
	HeadCommit *struct {
		Message string
		Author  struct{ Name string }
	} `json:"head_commit"`
	Repository struct {
		FullName      string `json:"full_name"`
		HTMLURL       string `json:"html_url"`
		DefaultBranch string `json:"default_branch"`
	}
	Pusher struct{ Name, Login string }
}

func parseGitHub(event string, payload []byte) (slot.Delivery, error) {
	switch event {
	case "push":
		var g githubPayload
		if err := decode(payload, &g); err != nil {
			return slot.Delivery{}, err
		}
		p, err := g.push()
		return slot.Delivery{Pushes: []slot.Push{p}}, err
	case "pull_request":
		pull, err := parsePull(payload)
		return slot.Delivery{Pull: pull}, err
	case "ping":
		var g githubPayload
		if err := decode(payload, &g); err != nil {
			return slot.Delivery{}, err
		}
		return slot.Delivery{Reason: "pong: the secret is right, pushes of " + orThis(clean(g.Repository.FullName, 100)) + " can come"}, nil
	}
	// What is ignored is not parsed: hosts invent new events.
	return slot.Delivery{Reason: "events of this kind deploy nothing"}, nil
}

func (g *githubPayload) push() (slot.Push, error) {
	p := slot.Push{
		Repository: g.Repository.FullName, Host: hostName(g.Repository.HTMLURL), DefaultBranch: g.Repository.DefaultBranch,
		Ref: g.Ref, Before: g.Before, After: g.After, Created: g.Created, Deleted: g.Deleted, Forced: g.Forced,
		Pusher: g.Pusher.Name,
	}
	if p.Pusher == "" {
		p.Pusher = g.Pusher.Login
	}
	if g.HeadCommit != nil {
		p.Subject, p.Author = g.HeadCommit.Message, g.HeadCommit.Author.Name
	}
	return bound(p)
}

func orThis(repository string) string {
	if repository == "" {
		return "its repositories" // the hook of an organisation
	}
	return repository
}
