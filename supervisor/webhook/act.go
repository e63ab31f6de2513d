package webhook

import (
	"fmt"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// act decides a delivery and begins the deployments, except those that an
// earlier delivery of the same push began already.
func (r *Receiver) act(d *slot.Delivery) {
	if err := r.Store.Reload(); err != nil {
		r.Log.Warn("slots.json is not in force; the last good configuration decides", slot.KeyError, err)
	}
	d.Decisions, d.Reason = decide(d.Pushes, situation{config: r.Store.Config(), stopped: r.stopped})
	for i, of := range d.Decisions {
		if of.Verdict != slot.VerdictDeploy {
			continue
		}
		if earlier, done := r.doneBefore(*d, of.Slot); done {
			d.Decisions[i] = slot.Decision{Slot: of.Slot, Verdict: slot.VerdictDuplicate, Deployment: earlier,
				Reason: fmt.Sprintf("deployment %d did it", earlier)}
			continue
		}
		d.Decisions[i] = r.submit(of.Slot, slot.TriggerPush, sourceOf(d.Pushes, r.Store.Config().Slots[of.Slot]))
		if d.Source == "github" {
			r.report(d.Pushes[0].Host, d.Pushes[0].Repository, d.Decisions[i].Deployment, 0)
		}
	}
}

// doneBefore finds the deployment that an earlier delivery of the same push
// led to. One that failed does not count: a person who sends it again wants
// another try.
func (r *Receiver) doneBefore(d slot.Delivery, n slot.Name) (int64, bool) {
	if d.Replay != 0 {
		return 0, false
	}
	same := r.Store.SameDeliveries(d.Source, d.ID, d.Digest)
	if len(same) > 0 && same[0].ID != d.ID && r.again(d) {
		return 0, false
	}
	for _, earlier := range same {
		for _, of := range earlier.Decisions {
			if of.Slot != n || of.Deployment == 0 {
				continue
			}
			was, ok := r.Store.Deployment(of.Deployment)
			failed := ok && (was.State == slot.DeploymentFailed || was.State == slot.DeploymentCanceled)
			return of.Deployment, !failed
		}
	}
	return 0, false
}

// again reports whether a push takes up where the last one of its branch ended:
// a branch that went back and forth says the same twice, as few hosts tell when
// they were pushed to.
func (r *Receiver) again(d slot.Delivery) bool {
	p := d.Pushes[0]
	for _, last := range r.Store.Deliveries(0) {
		for _, q := range last.Pushes {
			if last.Source == d.Source && q.Repository == p.Repository && q.Ref == p.Ref {
				return q.After == p.Before && q.After != p.After
			}
		}
	}
	return false
}

// submit asks the engine for what the slot's configuration names; nothing of
// the delivery is fetched.
func (r *Receiver) submit(n slot.Name, trigger string, expected slot.Source) slot.Decision {
	dep, err := r.Submit(slot.Request{
		Slot: n, Action: slot.ActionDeploy, Trigger: trigger, IfChanged: true, Source: expected,
	})
	if err != nil {
		return slot.Decision{Slot: n, Verdict: slot.VerdictFail, Reason: err.Error()}
	}
	return slot.Decision{Slot: n, Verdict: slot.VerdictDeploy, Deployment: dep.ID}
}

// sourceOf is what a push says it brings, for the deployment's record until
// it was fetched.
func sourceOf(pushes []slot.Push, c slot.SlotConfig) slot.Source {
	for _, p := range pushes {
		branch := strings.TrimPrefix(p.Ref, "refs/heads/")
		if !p.Deleted && (c.Branch == branch || c.Branch == "" && p.DefaultBranch == branch) {
			return slot.Source{
				Repository: slot.RedactAddress(c.Repository), Branch: branch, Root: c.Root,
				Commit: p.After, Subject: p.Subject, Author: p.Author,
			}
		}
	}
	return slot.Source{}
}

func (r *Receiver) stopped(n slot.Name) bool {
	return r.Store.State(n).Desired == slot.DesiredStopped
}

// Replay decides a kept delivery once more, as it stands in the log, with
// today's configuration.
func (r *Receiver) Replay(number int64) (slot.Delivery, error) {
	d, ok := r.Store.Delivery(number)
	switch {
	case !ok:
		return d, slot.E(slot.KindNotFound, "slot webhook deliveries shows those that are kept", fmt.Errorf("no delivery %d", number))
	case len(d.Pushes) == 0:
		return d, slot.E(slot.KindUsage, "", fmt.Errorf("delivery %d is no push: there is nothing to replay", number))
	}
	d.Replay, d.Decisions, d.Reason = number, nil, ""
	d, _, err := r.take(d)
	return d, err
}
