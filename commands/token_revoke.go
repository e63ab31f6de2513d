package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func newTokenRevoke(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:               "revoke NAME",
		Short:             "End a token and the sessions that began with it",
		Example:           "  slot token revoke ci",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: w.completeTokens,
		RunE:              func(cmd *cobra.Command, args []string) error { return w.revokeToken(cmd.Context(), args[0], asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the name as JSON")
	return cmd
}

func (w *World) revokeToken(ctx context.Context, name string, asJSON bool) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	if err := c.RevokeAdminToken(ctx, name); err != nil {
		return err
	}
	if asJSON {
		return printJSON(w.Out, map[string]string{"revoked": name})
	}
	fmt.Fprintf(w.Err, "token %s opens nothing any more\n", name)
	return nil
}

// completeTokens completes the name of a token.
func (w *World) completeTokens(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if c, err := w.connect(); err == nil {
		all, _ := c.AdminTokens(cmd.Context()) // no daemon: nothing to offer
		for _, t := range all {
			names = append(names, t.Name)
		}
	}
	return onlyFirst(args, names)
}
