package webhook

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/slot"
)

// catchUpTries are the pauses before each look at a repository: a workspace
// that wakes may have its network before its login, or the other way round.
var catchUpTries = []time.Duration{0, 10 * time.Second, time.Minute, 5 * time.Minute}

// catchUpTimeout bounds one look.
const catchUpTimeout = time.Minute

// CatchUp deploys what was pushed while nobody listened: hosts do not call
// again. It looks once at each repository of the slots that deploy on push, and
// returns when it has, or ctx ends. A host that cannot be reached costs a line
// in the log.
func (r *Receiver) CatchUp(ctx context.Context) {
	follow := map[string][]slot.Name{}
	for n, c := range r.Store.Config().Slots {
		// What was never deployed was not missed, what is stopped is not wanted.
		desired := r.Store.State(n).Desired
		if c.DeploysOnPush() && desired != slot.DesiredEmpty && desired != slot.DesiredStopped {
			follow[c.Repository] = append(follow[c.Repository], n)
		}
	}
	r.settleAll()
	var wg sync.WaitGroup
	for address, names := range follow {
		slices.Sort(names)
		wg.Go(func() { r.catchUp(ctx, address, names) })
	}
	wg.Wait()
}

func (r *Receiver) catchUp(ctx context.Context, address string, names []slot.Name) {
	refs, err := r.look(ctx, address)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		r.Log.Warn("cannot look for what was pushed meanwhile", "repository", slot.RedactAddress(address), slot.KeyError, err)
		return
	}
	for _, n := range names {
		if err := r.catchUpSlot(n, refs); err != nil {
			r.Log.Error("cannot record what was pushed meanwhile", slot.KeySlot, n, slot.KeyError, err)
		}
	}
}

// look asks a repository what it has, again and again for some minutes.
func (r *Receiver) look(ctx context.Context, address string) (refs git.Refs, err error) {
	for _, pause := range catchUpTries {
		select {
		case <-ctx.Done():
			return refs, ctx.Err()
		case <-time.After(pause):
		}
		limited, cancel := context.WithTimeout(ctx, catchUpTimeout)
		refs, err = r.Git.Refs(limited, address)
		cancel()
		if err == nil {
			return refs, nil
		}
	}
	return refs, err
}

// catchUpSlot deploys the slot where its branch has a commit that is news.
func (r *Receiver) catchUpSlot(n slot.Name, refs git.Refs) error {
	c := r.Store.Config().Slots[n]
	commit, branch, ok := refs.Branch(c.Branch)
	if !ok || r.knows(n, commit) {
		return nil // a tag or commit stays what it is; a branch that is gone stays live
	}
	source := slot.Source{Repository: slot.RedactAddress(c.Repository), Branch: branch, Root: c.Root, Commit: commit}
	d := r.submit(n, slot.TriggerCatchUp, source)
	r.report(slot.RepositoryHost(c.Repository), slot.FullName(c.Repository), d.Deployment, 0)
	r.Log.Info("deploying what was pushed meanwhile", slot.KeySlot, n, "commit", source.ShortCommit(), slot.KeyDeployment, d.Deployment)
	_, err := r.Store.AddDelivery(slot.Delivery{
		ID: commit, Time: r.now().UTC(), Source: slot.TriggerCatchUp, Event: "ls-remote", Decisions: []slot.Decision{d},
		Pushes: []slot.Push{{Repository: source.Repository, Ref: "refs/heads/" + branch, After: commit}},
	})
	return err
}

// knows reports whether the slot has dealt with a commit: its newest deploy was
// of it, whatever became of that (a person may have rolled it back since, and
// one that failed would fail again), or its push asked for none.
func (r *Receiver) knows(n slot.Name, commit string) bool {
	for _, d := range r.Store.Deployments(n, 0) {
		if d.Action != slot.ActionDeploy || d.CutShort || d.State == slot.DeploymentSuperseded || d.Source.Commit == "" {
			continue
		}
		if d.Source.Commit == commit {
			return true
		}
		break
	}
	for _, d := range r.Store.Deliveries(0) {
		for _, p := range d.Pushes {
			if p.After == commit && p.Skip != "" {
				return true
			}
		}
	}
	return false
}
