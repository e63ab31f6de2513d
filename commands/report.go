package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type reportOptions struct{ json bool }

func newReport(w *World) *cobra.Command {
	o := reportOptions{}
	cmd := &cobra.Command{
		Use:   "report [SLOT]",
		Short: "A slot in one line, for a dashboard",
		Long: `Says in one line what a slot runs, of which commit, for how long, and whether its last
deployment failed; without a name a line for each. It is made for Coder's
dashboard, where a template shows it as metadata of the agent: it exits with 0 also
when slot does not run, and says so.`,
		Example: "  slot report a\n  slot report --json",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the reports as JSON")
	return cmd
}

func (o *reportOptions) run(ctx context.Context, w *World, args []string) error {
	var only slot.Name
	if len(args) == 1 {
		n, err := slot.ParseName(args[0])
		if err != nil {
			return err
		}
		only = n
	}
	c, err := w.connect()
	var all []slot.Status
	if err == nil {
		all, err = c.Status(ctx)
	}
	if err != nil {
		if o.json || slot.AsError(err).Kind != slot.KindUnreachable {
			return err
		}
		_, err := fmt.Fprintln(w.Out, "slot is not running: slot up")
		return err
	}
	var reports []slot.Report
	for _, s := range all {
		if only == "" || s.Slot == only {
			reports = append(reports, slot.ReportOf(s))
		}
	}
	switch {
	case o.json && only != "":
		return printJSON(w.Out, reports[0])
	case o.json:
		return printJSON(w.Out, reports)
	}
	for _, r := range reports {
		line := reportLine(r, time.Now())
		if only == "" {
			line = string(r.Slot) + "\t" + line
		}
		if _, err := fmt.Fprintln(w.Out, line); err != nil {
			return err
		}
	}
	return nil
}

// reportLine is such as "live · blog@3f9c2e1 · 2m".
func reportLine(r slot.Report, now time.Time) string {
	words := r.Words()
	if !r.Since.IsZero() && r.State != slot.StateEmpty {
		words = append(words, age(r.Since, now))
	}
	return dash(strings.Join(words, " · "))
}
