package commands

import "github.com/spf13/cobra"

func newToken(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Keys of the admin: create, list, revoke",
		Long: `A token opens the admin for a script (Authorization: Bearer TOKEN) or a browser.
Only its digest is kept: the value is shown once. "slot open" lets a browser in
without one.`,
	}
	cmd.AddCommand(newTokenCreate(w), newTokenList(w), newTokenRevoke(w))
	return cmd
}
