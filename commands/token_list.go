package commands

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type tokenListOptions struct{ listing }

func newTokenList(w *World) *cobra.Command {
	o := tokenListOptions{}
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "The tokens there are, without their values",
		Example: "  slot token list\n  slot token list --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	o.flags(cmd, "print the tokens as JSON")
	return cmd
}

func (o *tokenListOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	all, err := c.AdminTokens(ctx)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, all)
	}
	header, rows := tokensTable(all, time.Now())
	return printTable(w.Out, header, rows)
}

func tokensTable(all []slot.AdminToken, now time.Time) (header []string, rows [][]string) {
	for _, t := range all {
		expires := "never"
		switch {
		case t.ExpiresAt.IsZero():
		case now.After(t.ExpiresAt):
			expires = "expired"
		default:
			expires = t.ExpiresAt.Local().Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{t.Name, age(t.CreatedAt, now), age(t.UsedAt, now), expires})
	}
	return []string{"NAME", "AGE", "USED", "EXPIRES"}, rows
}
