package commands

import (
	"context"
	"fmt"
	"io"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

// apply does it, in the order that needs no step twice: an app finds its
// database at its first start.
func (p *setupPlan) apply(ctx context.Context, w *World, h *surroundings) error {
	if err := up(ctx, w, h.settings, &upped{}); err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	if len(p.Slots) > 0 {
		if _, err := c.ChangeConfig(ctx, api.ConfigChange{Set: p.settings()}); err != nil {
			return err
		}
	}
	if p.Database {
		st, err := c.EnableDatabase(ctx, w.say)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.Err, "PostgreSQL %s is up on localhost:%d\n", st.Version, st.Port)
	}
	hook := p.makeWebhook(ctx, w)
	if p.Deploy {
		if err := p.deploy(ctx, w, c, h); err != nil {
			if hook != nil {
				fmt.Fprintf(w.Err, "slot: %v\n", hook)
			}
			return err
		}
	}
	if hook != nil {
		return hook // the apps run all the same
	}
	p.Applied = true
	return nil
}

// settings are those of the slots, to be written at once.
func (p *setupPlan) settings() map[string]string {
	set := map[string]string{}
	for _, s := range p.Slots {
		set[string(s.Slot)+".repository"] = s.Repository
		set[string(s.Slot)+".branch"] = s.Branch
	}
	return set
}

// makeWebhook does what "slot webhook setup" does, its words on stderr.
func (p *setupPlan) makeWebhook(ctx context.Context, w *World) error {
	k := p.Webhook
	if k == nil {
		return nil
	}
	aside := *w
	aside.Out = w.Err
	o := webhookSetupOptions{url: k.URL, repositories: k.Repositories, print: k.local != nil || len(k.Repositories) == 0}
	err := o.run(ctx, &aside)
	if err == nil && o.print {
		fmt.Fprintln(w.Err, "slot webhook secret --reveal shows the secret")
	}
	return err
}

// deploy deploys the slots at once and shows how each gets on. A slot whose
// release is what it shall be is left alone, but for a database that is new.
func (p *setupPlan) deploy(ctx context.Context, w *World, c *api.Client, h *surroundings) error {
	var queued []slot.Deployment
	for _, s := range p.Slots {
		d, err := c.Submit(context.WithoutCancel(ctx), slot.Request{Slot: s.Slot, Action: slot.ActionDeploy, Trigger: "cli", IfChanged: !p.Database})
		if err != nil {
			return err
		}
		queued = append(queued, d)
	}
	aside := *w
	aside.Out = io.Discard // the addresses come at the end
	failed := (&actOptions{}).wait(ctx, &aside, c, queued)
	for _, d := range queued {
		if last, err := c.Deployment(context.WithoutCancel(ctx), d.ID); err == nil {
			p.Deployments = append(p.Deployments, last)
		}
	}
	return failed
}

// changeSubdomains has Coder build the workspace; the word for it was given.
func (p *setupPlan) changeSubdomains(ctx context.Context, w *World) error {
	if len(p.Subdomains) == 0 {
		return nil
	}
	aside := *w
	aside.Out = w.Err
	o := paramsSetOptions{coder: &coderFlags{}, yes: true}
	return o.run(ctx, &aside, p.wanted)
}
