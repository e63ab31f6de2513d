package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type dbCopyOptions struct{ yes, json bool }

func newDBCopy(w *World) *cobra.Command {
	o := dbCopyOptions{}
	cmd := &cobra.Command{
		Use:   "copy FROM TO",
		Short: "Put a copy of one database in the place of another",
		Long: `Copies the contents of a database into a new one, looks at it, and swaps it in for
TO, as "slot db restore" does: what was there stays as NAME_before. To try a new
release with the data of the live one.`,
		Example: "  slot db copy a c && slot deploy c https://github.com/you/app --branch next",
		Args:    cobra.ExactArgs(2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 1 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeSources(cmd, nil, part)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.json, "json", false, "print what was done as JSON")
	return cmd
}

func (o *dbCopyOptions) run(ctx context.Context, w *World, args []string) error {
	from, err := slot.ParseDatabaseSource(args[0])
	if err != nil {
		return err
	}
	to, err := slot.ParseDatabaseSource(args[1])
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	if err := w.agree(o.yes, fmt.Sprintf("Replace the contents of the database of %s? What is there now stays as NAME_before.", to)); err != nil {
		return err
	}
	r, err := c.CopyDatabase(ctx, from, to, w.say)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, r)
	}
	fmt.Fprintf(w.Err, "the database of %s has the %d tables of %s; what was there is %s\n", to, r.Tables, from, r.Before)
	return nil
}
