package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

func newDBCreate(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "create DATABASE",
		Short: "Make a database before its app asks for it",
		Long: `Makes the role and the empty database of a slot, as its app's first start would:
to fill it before.`,
		Example:           "  slot db create a && slot db psql a < schema.sql",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeSources,
		RunE: func(cmd *cobra.Command, args []string) error {
			src, err := slot.ParseDatabaseSource(args[0])
			if err != nil {
				return err
			}
			c, err := w.connect()
			if err != nil {
				return err
			}
			st, err := c.CreateDatabase(cmd.Context(), src)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(w.Out, st)
			}
			fmt.Fprintf(w.Err, "made; to open it: slot db psql %s\n", src)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the status as JSON")
	return cmd
}

type dbDropOptions struct{ noBackup, yes, json bool }

func newDBDrop(w *World) *cobra.Command {
	o := dbDropOptions{}
	cmd := &cobra.Command{
		Use:   "drop DATABASE",
		Short: "Remove a database with all that is in it",
		Long: `Makes a backup, then removes the database and puts out who uses it. The next start
of its app finds an empty one.`,
		Example:           "  slot db drop c\n  slot db drop c --no-backup --yes",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeSources,
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	cmd.Flags().BoolVar(&o.noBackup, "no-backup", false, "do not make a backup before")
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the backup as JSON")
	return cmd
}

func (o *dbDropOptions) run(ctx context.Context, w *World, arg string) error {
	src, err := slot.ParseDatabaseSource(arg)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	if err := w.agree(o.yes, fmt.Sprintf("Remove the database of %s with all that is in it?", src)); err != nil {
		return err
	}
	b, err := c.DropDatabase(ctx, api.DatabaseDrop{Source: src, NoBackup: o.noBackup}, w.say)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, b)
	}
	if b.ID == "" {
		fmt.Fprintln(w.Err, "removed; no backup was made")
		return nil
	}
	fmt.Fprintf(w.Err, "removed; to have it back: slot db restore %s\n", b.ID)
	return nil
}
