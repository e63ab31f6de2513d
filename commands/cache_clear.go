package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/supervisor/api"
)

type cacheClearOptions struct{ all, shared, json bool }

func newCacheClear(w *World) *cobra.Command {
	o := cacheClearOptions{}
	cmd := &cobra.Command{
		Use:   "clear [SLOT]",
		Short: "Remove caches; the next build is slower",
		Long: `Removes what builds keep for one slot, what they keep for all slots (--shared), or
both for every slot (--all). Releases and running apps need none of it. Refuses
while a build uses it.`,
		Example:           "  slot cache clear a\n  slot cache clear --shared\n  slot cache clear --all",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args)
		},
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "every slot's, and what they share")
	cmd.Flags().BoolVar(&o.shared, "shared", false, "what all slots share")
	cmd.Flags().BoolVar(&o.json, "json", false, "print what was removed as JSON")
	return cmd
}

func (o *cacheClearOptions) run(ctx context.Context, w *World, args []string) error {
	req := api.CacheClear{Shared: o.shared || o.all}
	if len(args) > 0 || !o.shared {
		var err error
		if req.Slots, err = targets(args, o.all); err != nil {
			return err
		}
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	gone, err := c.ClearCaches(ctx, req)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, gone)
	}
	var bytes int64
	for _, g := range gone {
		bytes += g.Bytes
	}
	if len(gone) == 0 {
		fmt.Fprintln(w.Err, "there was nothing to remove")
		return nil
	}
	fmt.Fprintf(w.Err, "removed %d caches, %s\n", len(gone), size(bytes))
	return nil
}
