package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type statusOptions struct{ json bool }

func newStatus(w *World) *cobra.Command {
	o := statusOptions{}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "What runs in each slot",
		Example: `  slot status
  slot status --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the slots as JSON")
	return cmd
}

func (o *statusOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	all, err := c.Status(ctx)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, all)
	}
	header, rows := statusTable(all, time.Now())
	if err := printTable(w.Out, header, rows); err != nil {
		return err
	}
	tellTroubles(w, all)
	if !slices.ContainsFunc(all, func(s slot.Status) bool { return s.State != slot.StateEmpty }) {
		fmt.Fprintln(w.Err, "\nnothing is deployed yet; try: slot deploy a https://github.com/you/app")
	}
	if slices.ContainsFunc(all, func(s slot.Status) bool { return s.KeeperLost }) {
		fmt.Fprintln(w.Err, "\nthe keeper is lost: slot serves on, but nothing starts it again when it ends; try: slot up")
	}
	return nil
}

// tellTroubles says below the table what is the matter with a slot, and what an
// app said last that keeps ending.
func tellTroubles(w *World, all []slot.Status) {
	for _, s := range all {
		for _, a := range s.Alerts {
			fmt.Fprintf(w.Err, "\nslot %s: %s\n", s.Slot, dash(a.Text))
		}
		if len(s.Output) == 0 && s.State != slot.StateCrashed {
			continue
		}
		then := "it is tried again"
		if s.GaveUp {
			then = fmt.Sprintf("it is not started again; slot restart %s tries", s.Slot)
		}
		fmt.Fprintf(w.Err, "\nslot %s ended: %s; %s. Its last lines:\n", s.Slot, dash(s.LastExit), then)
		for _, text := range s.Output {
			fmt.Fprintf(w.Err, "  %s\n", dash(text))
		}
	}
}

func statusTable(all []slot.Status, now time.Time) (header []string, rows [][]string) {
	for _, s := range all {
		rows = append(rows, []string{
			string(s.Slot), stateWord(s), s.URL, releaseWord(s), dash(s.Source.ShortCommit()),
			age(s.Since, now), memory(s.MemoryKiB), fmt.Sprint(s.Restarts), lastWord(s),
		})
	}
	return []string{"SLOT", "STATE", "ADDRESS", "RELEASE", "COMMIT", "FOR", "MEMORY", "RESTARTS", "LAST DEPLOYMENT"}, rows
}

// stateWord is the state, with what is under way.
func stateWord(s slot.Status) string {
	word := string(s.State)
	if s.Dev {
		word += ", dev"
	}
	if s.Deploying != nil {
		word += ", deploying"
	}
	return word
}

func releaseWord(s slot.Status) string {
	if s.Release == 0 {
		return "-"
	}
	return fmt.Sprint(s.Release)
}

func lastWord(s slot.Status) string {
	if s.Last == nil {
		return "-"
	}
	return fmt.Sprintf("%s %s", s.Last.Action, s.Last.State)
}
