package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor"
	"github.com/slot-paas/slot/supervisor/api"
)

type reloadOptions struct{ now, json bool }

func newReload(w *World) *cobra.Command {
	o := reloadOptions{}
	cmd := &cobra.Command{
		Use:   "reload",
		Short: "Replace the daemon by one of the program as it is now",
		Long: `Starts a new daemon, which takes over; the old one answers the requests that it has
begun and ends. Apps run on, their addresses answer all the time. A new daemon
that does not come to serve leaves the old one in its place. Waits for
deployments that are under way.`,
		Example: `  make install && slot reload
  slot reload --now`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().BoolVar(&o.now, "now", false, "cancel the deployments that are under way")
	cmd.Flags().BoolVar(&o.json, "json", false, "print what serves then as JSON")
	return cmd
}

func (o *reloadOptions) run(ctx context.Context, w *World) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	if err := handOver(ctx, w, s.Home, c, api.Reload{Now: o.now}); err != nil {
		return err
	}
	v, err := c.Version(ctx)
	switch {
	case err != nil:
		return err
	case o.json:
		return printJSON(w.Out, map[string]any{"version": v.Version, "pid": v.PID})
	}
	fmt.Fprintf(w.Err, "slot %s serves (pid %d); no app was touched\n", v.Version, v.PID)
	return nil
}

// handOver asks for a new daemon, waits for deployments that are in its way,
// and returns how it went.
func handOver(ctx context.Context, w *World, home string, c *api.Client, req api.Reload) error {
	for {
		r, err := c.Reload(ctx, req)
		if err != nil {
			return err
		}
		if len(r.Deployments) == 0 {
			return awaitHandover(ctx, home, r.Handover)
		}
		if err := awaitEach(ctx, w, c, r.Deployments); err != nil {
			return err
		}
	}
}

// awaitDeployments returns when none is under way, or at once with now.
func awaitDeployments(ctx context.Context, w *World, c *api.Client, now bool) error {
	all, err := c.Status(ctx)
	if err != nil || now {
		return err
	}
	var under []slot.Deployment
	for _, s := range all {
		if s.Deploying != nil {
			under = append(under, *s.Deploying)
		}
	}
	return awaitEach(ctx, w, c, under)
}

func awaitEach(ctx context.Context, w *World, c *api.Client, under []slot.Deployment) error {
	for _, d := range under {
		fmt.Fprintf(w.Err, "waiting for deployment %d of slot %s; --now cancels it\n", d.ID, d.Slot)
		if err := c.Follow(ctx, d.ID, func(slot.Event) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// errKeeperLost says that the keeper ended during a handover.
var errKeeperLost = slot.E(slot.KindFailed, "slot up", errors.New("the keeper ended"))

// handoverTimeout is over the minute that the keeper gives a new daemon.
const handoverTimeout = 75 * time.Second

// awaitHandover returns when the keeper wrote down how the handover went.
func awaitHandover(ctx context.Context, home string, number int) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(handoverTimeout)
	defer late.Stop()
	for {
		n, err := supervisor.ReadKeeperNote(home)
		switch {
		case err != nil:
			return err
		case n.Handover.Number >= number && n.Handover.Ended() && n.Handover.Error != "":
			return slot.E(slot.KindFailed, "its messages are in run/daemon.log of "+home,
				fmt.Errorf("the new daemon does not serve, the old one goes on: %s", n.Handover.Error))
		case n.Handover.Number >= number && n.Handover.Ended():
			return nil
		case !supervisor.KeeperRuns(home):
			return errKeeperLost
		}
		select {
		case <-ctx.Done():
			return slot.E(slot.KindCanceled, "slot status", errors.New("it goes on"))
		case <-late.C:
			return slot.E(slot.KindFailed, "slot status", errors.New("the keeper does not say how it went"))
		case <-tick.C:
		}
	}
}
