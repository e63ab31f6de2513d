package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type dbBackupOptions struct{ json bool }

func newDBBackup(w *World) *cobra.Command {
	o := dbBackupOptions{}
	cmd := &cobra.Command{
		Use:   "backup DATABASE",
		Short: "Make a backup of a database",
		Long: `Dumps a database while it is used, checks that the dump can be read, and names it.
slot makes one of each database by itself every day and before each release
command, and keeps seven of each; those made here stay until "slot db prune --keep".`,
		Example:           "  slot db backup a\n  slot db backup shared --json",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeSources,
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the backup as JSON")
	return cmd
}

func (o *dbBackupOptions) run(ctx context.Context, w *World, args []string) error {
	src, err := slot.ParseDatabaseSource(args[0])
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	b, err := c.BackUpDatabase(ctx, src, w.say)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, b)
	}
	fmt.Fprintln(w.Out, b.ID)
	fmt.Fprintf(w.Err, "%s; to go back to it: slot db restore %s\n", dumpSize(b.Bytes), b.ID)
	return nil
}
