package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

type dbURLOptions struct{ superuser, json bool }

func newDBURL(w *World) *cobra.Command {
	o := dbURLOptions{}
	cmd := &cobra.Command{
		Use:   "url [DATABASE]",
		Short: "The address of a database, with its password",
		Long: `Prints the address that the slot's app gets in DATABASE_URL, for other programs of
yours. Without a name it is the shared database's. It holds the password.`,
		Example:           "  slot db url a\n  slot db url --json",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSources,
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	cmd.Flags().BoolVar(&o.superuser, "superuser", false, "of slot's own role, which may do everything")
	cmd.Flags().BoolVar(&o.json, "json", false, "print its parts as JSON")
	return cmd
}

func (o *dbURLOptions) run(ctx context.Context, w *World, args []string) error {
	src, err := sourceArg(args)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	a, err := c.DatabaseAccess(ctx, src, o.superuser)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, a.DatabaseAccess)
	}
	fmt.Fprintln(w.Out, a.URL)
	return nil
}
