package commands

import (
	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

func newSubdomain(w *World) *cobra.Command {
	var f coderFlags
	o := paramsSetOptions{coder: &f}
	cmd := &cobra.Command{
		Use:   "subdomain SLOT NAME",
		Short: "Give a slot another subdomain in Coder",
		Long: `Changes the parameter SLOT_A_SUBDOMAIN (for slot a) of the workspace, with all that
"slot params set" says about it: the workspace is built anew, its apps are away for
that long, and come back with the releases they had.`,
		Example: "  slot subdomain a blog\n  slot subdomain a blog --dry-run",
		Args:    cobra.ExactArgs(2), ValidArgsFunction: slotNames,
	}
	f.add(cmd)
	cmd.RunE = w.withCoder(func(cmd *cobra.Command, args []string) error {
		n, err := slot.ParseName(args[0])
		if err != nil {
			return err
		}
		return o.run(cmd.Context(), w, []coder.Assignment{{Name: coder.SubdomainName(n), Value: args[1]}})
	})
	o.flags(cmd)
	return cmd
}
