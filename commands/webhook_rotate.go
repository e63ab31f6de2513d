package commands

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newWebhookRotate(w *World) *cobra.Command {
	finish, asJSON := false, false
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
			now, err := c.RotateWebhook(cmd.Context(), finish)
			switch {
			case err != nil:
				return err
			case asJSON:
				now.Secret = stars
				if now.Previous != "" {
					now.Previous = stars
				}
				return printJSON(w.Out, now)
			case finish:
				fmt.Fprintln(w.Err, "only the new secret holds now")
				return nil
			}
			fmt.Fprintln(w.Err, "a new secret is chosen; slot webhook secret --reveal shows it. The one before holds until: slot webhook rotate --finish")
			return nil
		},
	}
	cmd.Flags().BoolVar(&finish, "finish", false, "the secret before holds no longer")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what holds as JSON, the secrets hidden")
	return cmd
}
