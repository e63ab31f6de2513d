package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type rollbackOptions struct{ act actOptions }

func newRollback(w *World) *cobra.Command {
	o := rollbackOptions{}
	cmd := &cobra.Command{
		Use:   "rollback SLOT [RELEASE]",
		Short: "Go back to a kept release, with its own variables",
		Long: `Starts a kept release from what was built then, checks it and switches to it:
no network, no build. Without a number it is the release before the live one.`,
		Example:           "  slot rollback a\n  slot rollback a 5",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: w.completeReleases,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args)
		},
	}
	o.act.flags(cmd)
	return cmd
}

func (o *rollbackOptions) run(ctx context.Context, w *World, args []string) error {
	n, err := slot.ParseName(args[0])
	if err != nil {
		return err
	}
	req := slot.Request{Slot: n, Action: slot.ActionRollback, Trigger: "cli"}
	if len(args) == 2 {
		req.Release, err = strconv.Atoi(strings.TrimPrefix(args[1], "v"))
		if err != nil || req.Release < 1 {
			return slot.E(slot.KindUsage, "slot releases "+string(n), fmt.Errorf("%q is not the number of a release", args[1]))
		}
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	if err := o.act.run(ctx, w, c, []slot.Request{req}); err != nil {
		return err
	}
	if !o.act.detach {
		w.offerBackup(ctx, c, n)
	}
	return nil
}

// completeReleases completes the slot, then its kept releases.
func (w *World) completeReleases(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	if len(args) != 1 {
		return slotNames(cmd, args, part)
	}
	n, err := slot.ParseName(args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	c, err := w.connect()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	r, err := c.Releases(cmd.Context(), n)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, rel := range r.Releases {
		if rel.ID != r.Live {
			out = append(out, fmt.Sprintf("%d\t%s %s", rel.ID, rel.Source.ShortCommit(), rel.Source.Subject))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
