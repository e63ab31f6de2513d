package webhook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// maxLabels bounds what is kept of a pull request's labels.
const maxLabels = 100

// parsePull reads what GitHub, Gitea and Forgejo tell of a pull request.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
func parsePull(payload []byte) (*slot.PullRequest, error) {
	type repository struct {
		FullName string `json:"full_name"`
		HTMLURL  string `json:"html_url"`
	}
	var g struct {
		Action      string
		Number      int
		PullRequest struct {
			State  string
			Title  string
			User   struct{ Login string }
			Labels []struct{ Name string }
			Head   struct {
				SHA  string
				Repo *repository // nil where the fork was deleted
			}
		} `json:"pull_request"`
		Repository repository
	}
	if err := decode(payload, &g); err != nil {
		return nil, err
	}
	if g.Number < 1 || g.Repository.FullName == "" || len(g.Repository.FullName) > 300 || !commitForm.MatchString(g.PullRequest.Head.SHA) {
		return nil, errMalformed
	}
	head := g.PullRequest.Head
	p := &slot.PullRequest{
		Repository: clean(g.Repository.FullName, 300), Host: clean(hostName(g.Repository.HTMLURL), 255), Number: g.Number,
		Action: clean(g.Action, 50), Title: clean(g.PullRequest.Title, 200), Author: clean(g.PullRequest.User.Login, 100),
		Commit: head.SHA, Closed: g.Action == "closed" || g.PullRequest.State == "closed",
		Fork: head.Repo == nil || !strings.EqualFold(head.Repo.FullName, g.Repository.FullName),
	}
	for _, l := range g.PullRequest.Labels {
		if len(p.Labels) < maxLabels {
			p.Labels = append(p.Labels, clean(l.Name, 100))
		}
	}
	return p, nil
}

// place is what was decided for a pull request.
type place struct {
	slot    slot.Name // "" where none is concerned
	verdict slot.Verdict
	reason  string
	evicts  bool // the slot shows another one that has to go first
	waits   bool // the slot is being emptied
}

// pullActions are those that may change what is shown: GitHub's, what Gitea and
// Forgejo call them, and GitLab's, whose update may be a commit or a label.
var pullActions = []string{
	"opened", "reopened", "synchronize", "synchronized", "labeled", "unlabeled", "label_updated", "label_cleared", "ready_for_review",
	"open", "reopen", "update",
}

// decidePull says which slot shows the pull request, or is freed of it, and
// why not. states are those of all slots.
func decidePull(p slot.PullRequest, c slot.Config, states map[slot.Name]slot.SlotState) place {
	settings, ok := c.PreviewSettings(p.Host, p.Repository)
	shown := shownIn(p, states)
	labelled := settings.Label == "" || slices.ContainsFunc(p.Labels, func(l string) bool { return strings.EqualFold(l, settings.Label) })
	switch {
	case !p.Closed && !slices.Contains(pullActions, p.Action):
		return place{reason: "this does not change what is shown"}
	case p.Closed && shown != "":
		return place{slot: shown, verdict: slot.VerdictFree, reason: "the pull request was closed"}
	case p.Closed:
		return place{reason: "no slot shows the pull request"}
	case !ok:
		return place{reason: "no slot is set aside for pull requests of " + p.Repository}
	case !labelled && shown != "":
		return place{slot: shown, verdict: slot.VerdictFree, reason: "it has the label " + settings.Label + " no longer"}
	case !labelled:
		return place{reason: "it has not the label " + settings.Label}
	case p.Fork && !settings.Forks:
		return place{reason: fmt.Sprintf("it comes from a fork; slot preview %d shows it", p.Number)}
	case shown != "":
		return place{slot: shown, verdict: slot.VerdictDeploy}
	}
	return choose(settings, c, states)
}

// shownIn is the slot that shows a pull request; "" for none.
func shownIn(p slot.PullRequest, states map[slot.Name]slot.SlotState) slot.Name {
	for _, n := range slot.Names() {
		v := states[n].Preview
		if v == nil || v.Phase == slot.PreviewClosing || v.Number != p.Number || !strings.EqualFold(v.Repository, p.Repository) {
			continue
		}
		if v.Host == "" || p.Host == "" || strings.EqualFold(v.Host, p.Host) {
			return n
		}
	}
	return ""
}

// choose finds a free slot among those set aside, else one that is being
// emptied or, where settings allow it, the one whose preview was quiet longest.
func choose(settings slot.PreviewConfig, c slot.Config, states map[slot.Name]slot.SlotState) place {
	var taken, closing []slot.Name
	for _, n := range settings.Slots {
		switch v := states[n].Preview; {
		case v == nil && c.Slots[n].Repository == "":
			return place{slot: n, verdict: slot.VerdictDeploy}
		case v != nil && v.Phase == "":
			taken = append(taken, n)
		case v != nil && v.Phase == slot.PreviewClosing:
			closing = append(closing, n)
		}
	}
	if len(closing) > 0 {
		return place{slot: closing[0], verdict: slot.VerdictDeploy, waits: true}
	}
	if len(taken) == 0 || !settings.Evict {
		return place{reason: "no slot is free: " + occupants(settings.Slots, states)}
	}
	oldest := slices.MinFunc(taken, func(a, b slot.Name) int {
		return cmp.Or(states[a].Preview.Updated.Compare(states[b].Preview.Updated), cmp.Compare(a, b))
	})
	return place{slot: oldest, verdict: slot.VerdictDeploy, evicts: true}
}

// occupants says what the slots show: "d has #3, e has an app of its own".
func occupants(names []slot.Name, states map[slot.Name]slot.SlotState) string {
	var parts []string
	for _, n := range names {
		if v := states[n].Preview; v != nil {
			parts = append(parts, fmt.Sprintf("%s has #%d", n, v.Number))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s has an app of its own", n))
	}
	return strings.Join(parts, ", ")
}
