package webhook

import (
	"context"
	"fmt"

	"github.com/slot-paas/slot/internal/github"
	"github.com/slot-paas/slot/slot"
)

// actOnPull decides a pull request and begins what was decided. What takes
// time, such as stopping an app, goes on afterwards.
func (r *Receiver) actOnPull(d *slot.Delivery) {
	r.pulls.Lock()
	defer r.pulls.Unlock()
	p := *d.Pull
	at := decidePull(p, r.Store.Config(), r.states())
	if at.slot == "" {
		d.Reason = at.reason
		return
	}
	of := slot.Decision{Slot: at.slot, Verdict: at.verdict, Reason: at.reason}
	var err error
	switch at.verdict {
	case slot.VerdictFree:
		err = r.release(at.slot)
	default:
		of, err = r.show(p, at)
	}
	if err != nil {
		of.Verdict, of.Reason = slot.VerdictFail, err.Error()
	}
	d.Decisions = []slot.Decision{of}
}

func (r *Receiver) states() map[slot.Name]slot.SlotState {
	all := map[slot.Name]slot.SlotState{}
	for _, n := range slot.Names() {
		all[n] = r.Store.State(n)
	}
	return all
}

// show makes a slot show a pull request. The assignment is on disk before
// anything is begun, so that the next daemon knows what is to be done.
func (r *Receiver) show(p slot.PullRequest, at place) (slot.Decision, error) {
	var evicted *slot.Preview
	err := r.Store.UpdateState(at.slot, func(s *slot.SlotState) error {
		now := r.now().UTC()
		v := slot.Preview{Repository: p.Repository, Host: p.Host, Number: p.Number, Title: p.Title, Author: p.Author, Fork: p.Fork, Ref: p.Ref, Since: now, Updated: now}
		switch {
		case at.evicts:
			evicted, v.Phase = s.Preview, slot.PreviewOpening
		case at.waits:
			v.Phase = slot.PreviewOpening
		case s.Preview != nil:
			v.Since, v.Phase = s.Preview.Since, s.Preview.Phase
		}
		s.Preview = &v
		return nil
	})
	if err != nil {
		return slot.Decision{}, err
	}
	if at.evicts {
		r.comment(*evicted, fmt.Sprintf("Slot %s went to #%d, which is newer.", at.slot, p.Number))
		r.settle(at.slot)
		return slot.Decision{Slot: at.slot, Verdict: slot.VerdictDeploy, Reason: fmt.Sprintf("in place of #%d", evicted.Number)}, nil
	}
	if v := r.Store.State(at.slot).Preview; v.Phase != "" {
		r.settle(at.slot)
		return slot.Decision{Slot: at.slot, Verdict: slot.VerdictDeploy, Reason: "once the slot is emptied"}, nil
	}
	return r.deployPreview(at.slot, p.Commit)
}

// deployPreview configures the slot for its preview and deploys it.
func (r *Receiver) deployPreview(n slot.Name, commit string) (slot.Decision, error) {
	v := r.Store.State(n).Preview
	err := r.Store.UpdateConfig(func(c *slot.Config) error {
		settings, ok := c.PreviewSettings(v.Host, v.Repository)
		if !ok {
			return slot.E(slot.KindNotFound, "", fmt.Errorf("no slot is set aside for pull requests of %s", v.Repository))
		}
		c.Slots[n] = settings.ForPreview(c.Slots[settings.From], c.Slots[n], *v)
		return nil
	})
	if err != nil {
		return slot.Decision{Slot: n}, err
	}
	c := r.Store.Config().Slots[n]
	of := r.submit(n, slot.TriggerPreview, slot.Source{
		Repository: slot.RedactAddress(c.Repository), Branch: c.Branch, Root: c.Root, Commit: commit, Subject: v.Title, Author: v.Author,
	})
	r.report(v.Host, v.Repository, of.Deployment, v.Number)
	return of, nil
}

// release begins to free a slot of its preview.
func (r *Receiver) release(n slot.Name) error {
	var gone *slot.Preview
	err := r.Store.UpdateState(n, func(s *slot.SlotState) error {
		if gone = s.Preview; gone != nil {
			s.Preview.Phase = slot.PreviewClosing
		}
		return nil
	})
	if err != nil || gone == nil {
		return err
	}
	r.settle(n)
	r.comment(*gone, fmt.Sprintf("The preview in slot %s is gone.", n))
	return nil
}

// settleAll goes on with what the daemon before left undone.
func (r *Receiver) settleAll() {
	r.pulls.Lock()
	defer r.pulls.Unlock()
	for n, s := range r.states() {
		if s.Preview != nil && s.Preview.Phase != "" {
			r.settle(n)
		}
	}
}

// settle does in the background what the slot's phase asks for: it is emptied,
// and then free, or shows its next preview. What the phase is by then counts:
// pull requests go on while a slot is emptied. pulls must be held.
func (r *Receiver) settle(n slot.Name) {
	if r.settling[n] {
		return
	}
	r.settling[n] = true
	r.background(func() {
		err := r.retry(func(ctx context.Context) error { return r.Empty(ctx, n) })
		r.pulls.Lock()
		defer r.pulls.Unlock()
		delete(r.settling, n)
		if err == nil {
			err = r.settled(n)
		}
		if err != nil && r.ctx.Err() == nil {
			r.Log.Error("cannot empty the slot of a preview", slot.KeySlot, n, slot.KeyError, err)
		}
	})
}

// settled is what follows once a slot is empty.
func (r *Receiver) settled(n slot.Name) error {
	v := r.Store.State(n).Preview
	if v == nil || v.Phase == "" {
		return nil
	}
	if err := r.Store.UpdateConfig(func(c *slot.Config) error { c.Slots[n] = c.Slots[n].Emptied(); return nil }); err != nil {
		return err
	}
	opening := v.Phase == slot.PreviewOpening
	err := r.Store.UpdateState(n, func(s *slot.SlotState) error {
		if s.Preview.Phase = ""; !opening {
			s.Preview = nil
		}
		return nil
	})
	if err != nil || !opening {
		return err
	}
	_, err = r.deployPreview(n, "")
	return err
}

// commentMark begins the one comment of ours on a pull request; it is not shown.
const commentMark = "<!-- slot preview -->"

// comment tells a pull request of its preview, where there is a token.
func (r *Receiver) comment(v slot.Preview, text string) {
	api := r.api(v.Host, v.Repository)
	if api == nil {
		return
	}
	r.background(func() {
		err := r.retry(func(ctx context.Context) error { return api.Comment(ctx, v.Repository, v.Number, commentMark, text) })
		if err != nil && r.ctx.Err() == nil {
			r.Log.Warn("cannot comment on the pull request", "number", v.Number, slot.KeyError, err)
		}
	})
}

// commentFor is what the comment says of a deployment.
func commentFor(d slot.Deployment, s github.Status) string {
	commit := d.Source.ShortCommit()
	switch s.State {
	case "pending":
		return fmt.Sprintf("Slot %s is building %s.", d.Slot, commit)
	case "success":
		return fmt.Sprintf("%s is live in slot %s: %s", commit, d.Slot, d.URL)
	}
	return fmt.Sprintf("%s could not be shown in slot %s: %s\n\n`slot history show %d` tells more.", commit, d.Slot, s.Description, d.ID)
}
