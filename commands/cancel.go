package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/store"
)

type cancelOptions struct {
	all  bool
	json bool
}

func newCancel(w *World) *cobra.Command {
	o := cancelOptions{}
	cmd := &cobra.Command{
		Use:   "cancel SLOT",
		Short: "Cancel what is being deployed to a slot",
		Long: `Cancels the deployment that runs in the slot and the one that waits, and returns
when every process of theirs is gone. What served before goes on serving. A
deployment that has switched is not undone: "slot rollback" does that. The
command exits with 6 when nothing is under way, and with 1 when it came too late.`,
		Example:           "  slot cancel a\n  slot cancel --all",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: w.completeDeploying,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args)
		},
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "in every slot")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the deployments as JSON, as they ended")
	return cmd
}

// underWay are the states that a deployment can be canceled in.
var underWay = []slot.DeploymentState{slot.DeploymentQueued, slot.DeploymentRunning}

func (o *cancelOptions) run(ctx context.Context, w *World, args []string) error {
	names, err := targets(args, o.all)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	var found []slot.Deployment
	for _, n := range names {
		ds, err := c.FindDeployments(ctx, store.Query{Slot: n, States: underWay})
		if err != nil {
			return err
		}
		found = append(found, ds...) // the newest first: what waits must not begin
	}
	if len(found) == 0 {
		where := "any slot"
		if !o.all {
			where = "slot " + string(names[0])
		}
		return slot.E(slot.KindNotFound, "slot history shows what was", fmt.Errorf("nothing is being deployed to %s", where))
	}
	for _, d := range found {
		if err := c.Cancel(ctx, d.ID); err != nil {
			return err
		}
	}
	ended, err := ends(ctx, c, found)
	if err != nil {
		return err
	}
	return o.tell(w, ended)
}

// ends waits until the deployments have ended and returns their records.
func ends(ctx context.Context, c *api.Client, ds []slot.Deployment) ([]slot.Deployment, error) {
	ended := make([]slot.Deployment, len(ds))
	errs := make([]error, len(ds))
	var wg sync.WaitGroup
	for i, d := range ds {
		wg.Go(func() {
			ended[i], errs[i] = follow(ctx, c, d.ID, &progress{w: io.Discard, mu: new(sync.Mutex)})
		})
	}
	wg.Wait()
	return ended, errors.Join(errs...)
}

// tell says how each ended. One that had switched, or failed by itself, before
// the word came is a failure of this command.
func (o *cancelOptions) tell(w *World, ended []slot.Deployment) error {
	var late error
	for _, d := range ended {
		switch d.State {
		case slot.DeploymentCanceled, slot.DeploymentSuperseded:
			if !o.json {
				fmt.Fprintf(w.Err, "deployment %d of slot %s is %s\n", d.ID, d.Slot, d.State)
			}
		case slot.DeploymentLive:
			late = slot.E(slot.KindFailed, "slot rollback "+string(d.Slot),
				fmt.Errorf("too late to cancel deployment %d: release %d of slot %s is live", d.ID, d.Release, d.Slot))
		default:
			late = slot.E(slot.KindFailed, fmt.Sprintf("slot history show %d", d.ID),
				fmt.Errorf("too late to cancel deployment %d: it %s by itself", d.ID, d.State))
		}
	}
	if !o.json {
		return late
	}
	if err := printJSON(w.Out, ended); err != nil || late == nil {
		return err
	}
	fmt.Fprintf(w.Err, "slot: %v\n", late) // the records on stdout are the JSON
	return exitCode(slot.ExitCode(late))
}
