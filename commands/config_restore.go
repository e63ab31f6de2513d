package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

func newConfigBackups(w *World) *cobra.Command {
	o := listing{}
	cmd := &cobra.Command{
		Use: "backups", Short: "List the earlier versions of slots.json, newest first",
		Example: "  slot config backups",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := w.connect()
			if err != nil {
				return err
			}
			names, err := c.ConfigBackups(cmd.Context())
			if err != nil {
				return err
			}
			if o.json {
				return printJSON(w.Out, names)
			}
			for _, name := range names {
				fmt.Fprintln(w.Out, name)
			}
			return nil
		},
	}
	o.flags(cmd, "print the names as JSON")
	return cmd
}

type configRestoreOptions struct{ json bool }

func newConfigRestore(w *World) *cobra.Command {
	o := configRestoreOptions{}
	cmd := &cobra.Command{
		Use: "restore [BACKUP]", Short: "Put an earlier version in force; the present one is backed up",
		Example: "  slot config restore\n  slot config restore slots-20261123T101500.000000Z.json",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: w.completeBackups,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, strings.Join(args, ""))
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print what changed as JSON")
	return cmd
}

func (o *configRestoreOptions) run(ctx context.Context, w *World, name string) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	before, err := c.ConfigFile(ctx)
	if err != nil {
		return err
	}
	after, err := c.RestoreConfig(ctx, name)
	if err != nil {
		return err
	}
	changes := hideChanges(slot.Changes(before.Force, after))
	if o.json {
		return printJSON(w.Out, map[string][]slot.Change{"changes": changes})
	}
	printChanges(w.Err, changes)
	fmt.Fprintln(w.Err, inEffect("restored"))
	return nil
}
