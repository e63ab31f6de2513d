package commands

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newConfigBackups(w *World) *cobra.Command {
	asJSON := false
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
			if asJSON {
				return printJSON(w.Out, names)
			}
			for _, name := range names {
				fmt.Fprintln(w.Out, name)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the names as JSON")
	return cmd
}

func newConfigRestore(w *World) *cobra.Command {
	return &cobra.Command{
		Use: "restore [BACKUP]", Short: "Put an earlier version in force; the present one is backed up",
		Example: "  slot config restore\n  slot config restore slots-20261123T101500.000000Z.json",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: w.completeBackups,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := w.connect()
			if err != nil {
				return err
			}
			name := ""
			if len(args) == 1 {
				name = args[0]
			}
			if _, err := c.RestoreConfig(cmd.Context(), name); err != nil {
				return err
			}
			fmt.Fprintln(w.Err, "restored; slot deploy or slot restart puts it into effect")
			return nil
		},
	}
}
