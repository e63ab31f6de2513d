package commands

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newWebhookRotate(w *World) *cobra.Command {
	finish := false
	cmd := &cobra.Command{
		Use: "rotate", Short: "Choose a new secret",
		Long: `Chooses a new secret. The one before goes on to hold, so that nothing is lost
while the hosts get the new one; --finish ends that.`,
		Example: "  slot webhook rotate\n  slot webhook setup          # GitHub gets the new one\n  slot webhook rotate --finish",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := w.connect()
			if err != nil {
				return err
			}
			if _, err := c.RotateWebhook(cmd.Context(), finish); err != nil {
				return err
			}
			if finish {
				fmt.Fprintln(w.Err, "only the new secret holds now")
				return nil
			}
			fmt.Fprintln(w.Err, "a new secret is chosen; slot webhook secret --reveal shows it. The one before holds until: slot webhook rotate --finish")
			return nil
		},
	}
	cmd.Flags().BoolVar(&finish, "finish", false, "the secret before holds no longer")
	return cmd
}
