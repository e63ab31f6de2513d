package commands

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

func newPreviewEnable(w *World) *cobra.Command {
	p, slots, from, asJSON := slot.PreviewConfig{}, []string{}, "", false
	cmd := &cobra.Command{
		Use: "enable REPOSITORY", Short: "Set slots aside for the pull requests of a repository",
		Long: `Sets empty slots aside. With --from they get the settings and variables of that
slot. Pull requests from forks are shown with --forks only, and without variables.
Once more for the same repository changes how it is done.`,
		Example: "  slot preview enable https://github.com/me/app --slots d,e --from a\n  slot preview enable https://github.com/me/app --slots e --label preview --evict",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: w.completeRepositories,
		RunE: func(cmd *cobra.Command, args []string) error {
			p.Repository = args[0]
			if len(slots) == 0 {
				return slot.E(slot.KindUsage, "--slots d,e", errors.New("which slots?"))
			}
			for _, s := range slots {
				n, err := slot.ParseName(s)
				if err != nil {
					return err
				}
				p.Slots = append(p.Slots, n)
			}
			if from != "" {
				n, err := slot.ParseName(from)
				if err != nil {
					return err
				}
				p.From = n
			}
			c, err := w.connectOrStart(cmd.Context())
			if err != nil {
				return err
			}
			if err := c.EnablePreviews(cmd.Context(), p); err != nil {
				return err
			}
			if asJSON {
				p.Repository = slot.RedactAddress(p.Repository)
				return printJSON(w.Out, p)
			}
			fmt.Fprintf(w.Err, "slots %s show pull requests of %s; the webhook must tell of them: slot webhook setup\n", strings.Join(words(p.Slots), " and "), slot.RedactAddress(p.Repository))
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&slots, "slots", nil, "which, such as d,e")
	cmd.Flags().StringVar(&p.Label, "label", "", "only pull requests that bear this label")
	cmd.Flags().StringVar(&from, "from", "", "the slot whose settings and variables they get")
	cmd.Flags().BoolVar(&p.Forks, "forks", false, "those from forks too, without variables: anybody's code runs here then")
	cmd.Flags().BoolVar(&p.Evict, "evict", false, "when no slot is free, the one that was quiet longest makes room")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what is set aside as JSON")
	_ = cmd.RegisterFlagCompletionFunc("label", cobra.NoFileCompletions)
	for _, name := range []string{"slots", "from"} {
		_ = cmd.RegisterFlagCompletionFunc(name, slotNames) // the flags are declared above
	}
	return cmd
}

func newPreviewDisable(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "disable [REPOSITORY]", Short: "Free the slots that were set aside",
		Long:    "Empties the slots that are set aside for a repository and gives them back.",
		Example: "  slot preview disable",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: w.completeRepositories,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := w.connect()
			if err != nil {
				return err
			}
			if err := c.DisablePreviews(cmd.Context(), strings.Join(args, "")); err != nil || !asJSON {
				return err
			}
			left, err := c.Previews(cmd.Context())
			if err != nil {
				return err
			}
			return printJSON(w.Out, left)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what is left as JSON")
	return cmd
}
