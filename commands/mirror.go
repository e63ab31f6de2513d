package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

// mirror gives new subdomains to the slot that runs in the same workspace:
// the parameter owns them, slots.json follows. Where none runs, the next
// "slot up" takes them from the environment.
func (w *World) mirror(ctx context.Context, ws coder.Workspace, changes []coder.Change) {
	here := coder.FromEnv(w.Getenv)
	if here.Owner != ws.Owner || here.Workspace != ws.Name {
		return
	}
	now := map[slot.Name]string{}
	for _, n := range slot.Names() {
		for _, ch := range changes {
			if ch.Name == coder.SubdomainName(n) {
				now[n] = ch.To
			}
		}
	}
	if c, err := w.connect(); err == nil {
		w.takeOver(ctx, c, now)
	}
}

// takeOver writes the subdomains that differ and starts those apps anew,
// beside themselves, that have been told the old address. What goes wrong is
// said and left: the app serves all the same.
func (w *World) takeOver(ctx context.Context, c *api.Client, now map[slot.Name]string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cfg, err := c.Config(ctx)
	if err != nil {
		return
	}
	maps.DeleteFunc(now, func(n slot.Name, subdomain string) bool { return cfg.Slots[n].Subdomain == subdomain })
	set := map[string]string{}
	for n, subdomain := range now {
		set[string(n)+".subdomain"] = subdomain
	}
	if len(set) == 0 {
		return
	}
	if _, err := c.ChangeConfig(ctx, api.ConfigChange{Set: set}); err != nil {
		fmt.Fprintf(w.Err, "slots.json keeps the old subdomains: %v\n", err)
		return
	}
	all, err := c.Status(ctx)
	for _, n := range slices.Sorted(maps.Keys(now)) {
		if err == nil && all[n.Index()].State == slot.StateLive {
			_, err = c.Submit(ctx, slot.Request{Slot: n, Action: slot.ActionRestart, Trigger: "subdomain"})
		}
	}
	if err != nil {
		fmt.Fprintf(w.Err, "the apps know their new address when they start next: %v\n", err)
	}
}

// ownedByCoder refuses to set what "slot up" would set back.
func (w *World) ownedByCoder(path string) error {
	for n := range coder.Subdomains(w.Getenv) {
		if path == string(n)+".subdomain" {
			return slot.E(slot.KindUsage, "slot subdomain "+string(n)+" NAME", fmt.Errorf("%s is the workspace's parameter %s in Coder", path, coder.SubdomainName(n)))
		}
	}
	return nil
}
