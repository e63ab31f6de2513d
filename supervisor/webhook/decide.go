package webhook

import (
	"fmt"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// situation is what decisions rest on beside the push.
type situation struct {
	config  slot.Config
	stopped func(slot.Name) bool
}

// decide says for each slot that follows a repository among the pushes whether
// it deploys, and why not; where no slot is concerned, why. Of several
// branches told at once the one that a slot follows counts.
func decide(pushes []slot.Push, s situation) (all []slot.Decision, reason string) {
	for _, n := range slot.Names() {
		var of *slot.Decision
		for _, p := range pushes {
			if d, follows := s.decideOne(n, p); follows && (of == nil || d.Verdict == slot.VerdictDeploy) {
				of = &d
			}
		}
		if of != nil {
			all = append(all, *of)
		}
	}
	if len(all) == 0 {
		reason = "no slot has the repository " + pushes[0].Repository
	}
	return all, reason
}

func (s situation) decideOne(n slot.Name, p slot.Push) (d slot.Decision, follows bool) {
	c := s.config.Slots[n]
	if s.config.SetAside(n) || c.Repository == "" || !slot.IsRepository(c.Repository, p.Host, p.Repository) {
		return d, false
	}
	d = slot.Decision{Slot: n, Verdict: slot.VerdictIgnore}
	branch, isBranch := strings.CutPrefix(p.Ref, "refs/heads/")
	followed := c.Branch
	if followed == "" {
		followed = p.DefaultBranch
	}
	switch {
	case !c.DeploysOnPush() && c.Deployment.OnPush == nil:
		d.Reason = "it has a folder, which is deployed by hand"
	case !c.DeploysOnPush():
		d.Reason = "deployment.on_push is false"
	case !isBranch:
		d.Reason = "tags deploy nothing"
	case followed == "":
		d.Reason = fmt.Sprintf("its host does not say which branch is the default one; slot config set %s.branch=%s", n, branch)
	case branch != followed: // compared whole: main is not feature/main
		d.Reason = "it follows " + followed
	case p.Deleted:
		d.Reason = "the branch was deleted; what runs stays"
	case p.Skip != "":
		d.Reason = "the commit says " + p.Skip
	case s.stopped(n):
		d.Reason = fmt.Sprintf("it is stopped; slot deploy %s brings the newest commit", n)
	default:
		d.Verdict = slot.VerdictDeploy
	}
	return d, true
}
