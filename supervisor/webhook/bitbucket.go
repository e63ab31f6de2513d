package webhook

import (
	"net/http"
	"time"

	"github.com/slot-paas/slot/slot"
)

// bitbucket is Bitbucket Cloud and, by another event, Bitbucket Data Center.
// https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/
// https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
func bitbucket() host {
	return host{
		name: "bitbucket", event: "X-Event-Key", delivery: []string{"X-Request-UUID", "X-Request-Id"},
		signature: func(h http.Header, secrets []string, _ time.Time) (signed, error) {
			return hexSignature(h, "X-Hub-Signature", "sha256=", secrets)
		},
		parse: func(event string, _ http.Header, payload []byte) (slot.Delivery, error) {
			switch event {
			case "repo:push":
				return parseBitbucketCloud(payload)
			case "repo:refs_changed":
				return parseBitbucketServer(payload)
			case "diagnostics:ping":
				return slot.Delivery{Reason: "pong: the secret is right"}, nil
			}
			return slot.Delivery{Reason: "events of this kind deploy nothing"}, nil
		},
	}
}

// maxChanges bounds the branches that one delivery tells of. Bitbucket Cloud
// sends five; the rest of a larger push it leaves out itself.
const maxChanges = 50

// bitbucketRef is one side of a change; nil where the branch was not there.
type bitbucketRef *struct {
	Type   string
	Name   string
	Target struct {
		Hash    string
		Message string
		Author  struct{ Raw string }
	}
}

func parseBitbucketCloud(payload []byte) (slot.Delivery, error) {
	var b struct {
		Actor struct {
			DisplayName string `json:"display_name"`
		}
		Repository struct {
			FullName string `json:"full_name"`
			Links    struct{ HTML struct{ Href string } }
		}
		Push struct {
			Changes []struct {
				New, Old bitbucketRef
				Forced   bool
			}
		}
	}
	if err := decode(payload, &b); err != nil {
		return slot.Delivery{}, err
	}
	if len(b.Push.Changes) == 0 || len(b.Push.Changes) > maxChanges {
		return slot.Delivery{}, errMalformed
	}
	var d slot.Delivery
	for _, c := range b.Push.Changes {
		p := slot.Push{
			Repository: b.Repository.FullName, Host: hostName(b.Repository.Links.HTML.Href), Forced: c.Forced,
			Pusher: b.Actor.DisplayName,
		}
		if c.Old != nil {
			p.Ref, p.Before = bitbucketName(c.Old), c.Old.Target.Hash
		}
		if c.New != nil {
			p.Ref, p.After = bitbucketName(c.New), c.New.Target.Hash
			p.Subject, p.Author = c.New.Target.Message, c.New.Target.Author.Raw
		}
		p, err := bound(p)
		if err != nil {
			return slot.Delivery{}, err
		}
		d.Pushes = append(d.Pushes, p)
	}
	return d, nil
}

func bitbucketName(r bitbucketRef) string {
	if r.Type == "branch" {
		return "refs/heads/" + r.Name
	}
	return "refs/tags/" + r.Name
}

func parseBitbucketServer(payload []byte) (slot.Delivery, error) {
	var b struct {
		Actor      struct{ DisplayName string }
		Repository struct {
			Slug    string
			Project struct{ Key string }
			Links   struct{ Self []struct{ Href string } }
		}
		Changes []struct {
			Ref              struct{ ID string }
			FromHash, ToHash string
		}
	}
	if err := decode(payload, &b); err != nil {
		return slot.Delivery{}, err
	}
	if len(b.Changes) == 0 || len(b.Changes) > maxChanges {
		return slot.Delivery{}, errMalformed
	}
	page := ""
	if len(b.Repository.Links.Self) > 0 {
		page = hostName(b.Repository.Links.Self[0].Href)
	}
	var d slot.Delivery
	for _, c := range b.Changes {
		p, err := bound(slot.Push{
			Repository: b.Repository.Project.Key + "/" + b.Repository.Slug, Host: page,
			Ref: c.Ref.ID, Before: c.FromHash, After: c.ToHash, Pusher: b.Actor.DisplayName,
		})
		if err != nil {
			return slot.Delivery{}, err
		}
		d.Pushes = append(d.Pushes, p)
	}
	return d, nil
}
