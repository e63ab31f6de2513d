package commands

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

// actOptions are what deploy, rollback, start, restart and env share: they
// all end in deployments that a person may wait for.
type actOptions struct {
	detach bool
	json   bool
}

func (o *actOptions) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&o.detach, "detach", "d", false, "return once it is queued")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the deployment as JSON")
}

// run submits the requests and, unless detached, shows them until the last
// ended. stdout gets the addresses, or JSON; everything else goes to stderr.
func (o *actOptions) run(ctx context.Context, w *World, c *api.Client, reqs []slot.Request) error {
	var queued []slot.Deployment
	for _, req := range reqs {
		// Once sent, a request is followed, and so canceled when ctx ends.
		d, err := c.Submit(context.WithoutCancel(ctx), req)
		if err != nil {
			return err
		}
		queued = append(queued, d)
	}
	return o.wait(ctx, w, c, queued)
}

// wait shows deployments that are queued already.
func (o *actOptions) wait(ctx context.Context, w *World, c *api.Client, queued []slot.Deployment) error {
	if o.detach {
		return o.told(w, queued)
	}
	var mu sync.Mutex
	results := make([]slot.Deployment, len(queued))
	errs := make([]error, len(queued))
	var wg sync.WaitGroup
	for i, d := range queued {
		p := &progress{w: w.Err, mu: &mu, color: w.color(w.Err), live: isTerminal(w.Err), width: w.width(w.Err)}
		if len(queued) > 1 {
			p.prefix, p.live = string(d.Slot)+" ", false
		}
		wg.Go(func() { results[i], errs[i] = follow(ctx, c, d.ID, p) })
	}
	wg.Wait()
	if err := o.told(w, results); err != nil {
		return err
	}
	var worst error
	for i, err := range errs {
		if err == nil && results[i].Error != nil {
			err = results[i].Error
		}
		if err == nil {
			continue
		}
		if len(errs) > 1 {
			err = slot.E(slot.AsError(err).Kind, slot.AsError(err).Hint, fmt.Errorf("slot %s: %w", queued[i].Slot, err))
		}
		if worst != nil {
			fmt.Fprintf(w.Err, "slot: %v\n", worst)
		}
		if slot.ExitCode(err) > slot.ExitCode(worst) {
			worst = err
		}
	}
	if worst != nil && o.json {
		// The record on stdout has the error already.
		fmt.Fprintf(w.Err, "slot: %v\n", worst)
		return exitCode(slot.ExitCode(worst))
	}
	return worst
}

// told prints the results: one object for one deployment, else a list.
func (o *actOptions) told(w *World, ds []slot.Deployment) error {
	switch {
	case o.json && len(ds) == 1:
		return printJSON(w.Out, ds[0])
	case o.json:
		return printJSON(w.Out, ds)
	}
	for _, d := range ds {
		switch d.State {
		case slot.DeploymentLive, slot.DeploymentSkipped:
			fmt.Fprintln(w.Out, d.URL)
		case slot.DeploymentQueued, slot.DeploymentRunning:
			fmt.Fprintf(w.Err, "deployment %d of slot %s is queued; slot status shows it\n", d.ID, d.Slot)
		}
	}
	return nil
}

// follow shows one deployment to its end. When ctx ends it is canceled, and
// followed on until it says so.
func follow(ctx context.Context, c *api.Client, id int64, p *progress) (last slot.Deployment, err error) {
	following, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	stop := context.AfterFunc(ctx, func() {
		if c.Cancel(following, id) != nil {
			leave() // nobody there would tell how it went
		}
	})
	defer stop()
	err = c.Follow(following, id, func(ev slot.Event) error {
		if ev.Deployment != nil {
			last = *ev.Deployment
			return nil
		}
		p.event(ev)
		return nil
	})
	if err == nil && !last.State.Ended() {
		err = slot.E(slot.KindUnreachable, "slot status shows how it ended", errors.New("the daemon went away"))
	}
	p.ended(last)
	return last, err
}

// actOnReleases runs one action on the named slot, or on every slot that has
// a release.
func actOnReleases(ctx context.Context, w *World, args []string, all bool, action slot.Action, act actOptions) error {
	names, err := targets(args, all)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	var states []slot.Status
	if all { // one that is named is refused by the daemon itself
		if states, err = c.Status(ctx); err != nil {
			return err
		}
	}
	var reqs []slot.Request
	for _, n := range names {
		if all && states[n.Index()].Release == 0 {
			continue
		}
		reqs = append(reqs, slot.Request{Slot: n, Action: action, Trigger: "cli"})
	}
	if len(reqs) == 0 {
		return slot.E(slot.KindNotFound, "slot deploy a https://github.com/you/app", errors.New("nothing was deployed yet"))
	}
	return act.run(ctx, w, c, reqs)
}
