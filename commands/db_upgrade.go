package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

type dbUpgradeOptions struct {
	to        int
	yes, json bool
}

func newDBUpgrade(w *World) *cobra.Command {
	o := dbUpgradeOptions{}
	cmd := &cobra.Command{
		Use:   "upgrade",
		Short: "Carry the databases over to a newer PostgreSQL",
		Long: `Fills a new cluster of the newest PostgreSQL that is installed, or of --to, which is
fetched when it is not, compares the rows of each table, and puts it in the place
of the old one, which is kept. Apps have no database meanwhile. Whatever fails
before, Ctrl+C too, leaves the old one running as it was.`,
		Example: "  slot db upgrade\n  slot db upgrade --to 17",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().IntVar(&o.to, "to", 0, "the major version")
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.json, "json", false, "print what was done as JSON")
	return cmd
}

func (o *dbUpgradeOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	if err := w.agree(o.yes, "Upgrade now? Apps have no database until it is done."); err != nil {
		return err
	}
	u, err := c.UpgradeDatabase(ctx, o.to, w.say)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, u)
	}
	fmt.Fprintf(w.Err, "PostgreSQL %d has the data now; when all is well, remove that of %d: rm -r %s\n", u.To, u.From, u.Old)
	return nil
}
