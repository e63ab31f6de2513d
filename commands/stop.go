package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type stopOptions struct {
	all  bool
	json bool
}

func newStop(w *World) *cobra.Command {
	o := stopOptions{}
	cmd := &cobra.Command{
		Use:   "stop SLOT",
		Short: "Stop a slot; its release is kept",
		Long: `Lets requests in flight end, then stops every process of the slot. The slot
shows a page that says so and stays stopped, after a restart of the workspace
too, until "slot start" or a deployment.`,
		Example:           "  slot stop a\n  slot stop --all",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args)
		},
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "every slot")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the slots as JSON")
	return cmd
}

func (o *stopOptions) run(ctx context.Context, w *World, args []string) error {
	names, err := targets(args, o.all)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	var stopped []slot.Status
	for _, n := range names {
		s, err := c.Stop(ctx, n)
		if err != nil {
			return err
		}
		stopped = append(stopped, s)
		if !o.json && (!o.all || s.State == slot.StateStopped) {
			fmt.Fprintf(w.Err, "slot %s is %s\n", n, s.State)
		}
	}
	if o.json {
		return printJSON(w.Out, stopped)
	}
	return nil
}
