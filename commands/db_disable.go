package commands

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newDBDisable(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "disable",
		Short: "Stop PostgreSQL; the data stays",
		Long: `Stops PostgreSQL, which does not start again with slot. The data and the backups
stay; "slot db enable" brings it back. Apps that use it fail meanwhile.`,
		Example: "  slot db disable",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := w.connect()
			if err != nil {
				return err
			}
			st, err := c.DisableDatabase(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(w.Out, st)
			}
			fmt.Fprintf(w.Err, "PostgreSQL is off; its data stays in %s\n", st.Data)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the status as JSON")
	return cmd
}
