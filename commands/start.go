package commands

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type startOptions struct {
	all bool
	act actOptions
}

func newStart(w *World) *cobra.Command {
	o := startOptions{}
	cmd := &cobra.Command{
		Use:               "start SLOT",
		Short:             "Start a stopped slot from its kept release",
		Example:           "  slot start a\n  slot start --all",
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

func (o *startOptions) run(ctx context.Context, w *World, args []string) error {
	return actOnReleases(ctx, w, args, o.all, slot.ActionStart, o.act)
}
