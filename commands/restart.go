package commands

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type restartOptions struct {
	all bool
	act actOptions
}

func newRestart(w *World) *cobra.Command {
	o := restartOptions{}
	cmd := &cobra.Command{
		Use:               "restart SLOT",
		Short:             "Start the live release anew beside itself and switch",
		Example:           "  slot restart a\n  slot restart --all",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args)
		},
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "every slot that has a release")
	o.act.flags(cmd)
	return cmd
}

func (o *restartOptions) run(ctx context.Context, w *World, args []string) error {
	return actOnReleases(ctx, w, args, o.all, slot.ActionRestart, o.act)
}
