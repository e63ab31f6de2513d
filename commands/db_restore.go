package commands

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

type dbRestoreOptions struct {
	to        string
	yes, json bool
}

func newDBRestore(w *World) *cobra.Command {
	o := dbRestoreOptions{}
	cmd := &cobra.Command{
		Use:   "restore BACKUP or FILE",
		Short: "Put a backup in the place of a database's contents",
		Long: `Restores a backup into a new database, looks at it, and swaps it in by its name.
What was there stays as NAME_before until the next restore or "slot db prune
--before". Whatever fails before the swap changes nothing; apps are put out for
the moment of the swap and come back to the new data.
A FILE is a dump that pg_dump made elsewhere in its custom format; it needs --to.`,
		Example:           "  slot db restore a-20261126-004312\n  slot db restore a-20261126-004312 --to c\n  slot db restore ./heroku.dump --to a",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: w.completeBackupIDs,
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	cmd.Flags().StringVar(&o.to, "to", "", "into another database than it was made of")
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.json, "json", false, "print what was done as JSON")
	complete := func(cmd *cobra.Command, _ []string, part string) ([]string, cobra.ShellCompDirective) {
		return completeSources(cmd, nil, part)
	}
	if err := cmd.RegisterFlagCompletionFunc("to", complete); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

func (o *dbRestoreOptions) run(ctx context.Context, w *World, arg string) error {
	req := api.DatabaseRestore{Backup: arg}
	if o.to != "" {
		var err error
		if req.To, err = slot.ParseDatabaseSource(o.to); err != nil {
			return err
		}
	}
	if strings.ContainsAny(arg, "/.") {
		path, err := filepath.Abs(arg)
		if err != nil {
			return err
		}
		req.Backup, req.File = "", path
		if req.To == "" {
			return slot.E(slot.KindUsage, fmt.Sprintf("slot db restore %s --to a", arg), errors.New("into which database?"))
		}
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	if err := w.agree(o.yes, "Replace the contents of the database? What is there now stays as NAME_before."); err != nil {
		return err
	}
	r, err := c.RestoreDatabase(ctx, req, w.say)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, r)
	}
	fmt.Fprintf(w.Err, "the database of %s has %d tables from %s; what was there is %s\n", r.Database, r.Tables, arg, r.Before)
	return nil
}
