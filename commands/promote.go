package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type promoteOptions struct {
	release int
	act     actOptions
}

func newPromote(w *World) *cobra.Command {
	o := promoteOptions{}
	cmd := &cobra.Command{
		Use:   "promote FROM TO",
		Short: "Run in one slot what was built in another",
		Long: `Copies what slot FROM runs to slot TO, without a build, and makes it live there with
the variables and the kept data of TO: hooks, release command, start, check and
switch as in a deployment. FROM goes on. "slot rollback TO" takes it back.`,
		Example:           "  slot promote b a\n  slot promote b a --release 7",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completePromote,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("release") && o.release < 1 {
				return slot.E(slot.KindUsage, "slot releases "+args[0], fmt.Errorf("%d is not the number of a release", o.release))
			}
			return o.run(cmd.Context(), w, args)
		},
	}
	cmd.Flags().IntVar(&o.release, "release", 0, "a kept release of FROM (default: the live one)")
	_ = cmd.RegisterFlagCompletionFunc("release", w.completeReleaseFlag) // the flag is declared above
	o.act.flags(cmd)
	return cmd
}

func (o *promoteOptions) run(ctx context.Context, w *World, args []string) error {
	from, err := slot.ParseName(args[0])
	if err != nil {
		return err
	}
	to, err := slot.ParseName(args[1])
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	return o.act.run(ctx, w, c, []slot.Request{{
		Slot: to, Action: slot.ActionPromote, Trigger: "cli", From: from, Release: o.release,
	}})
}

// completePromote completes both slots.
func completePromote(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 1 {
		return slotNames(cmd, nil, part)
	}
	return slotNames(cmd, args, part)
}
