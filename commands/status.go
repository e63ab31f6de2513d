package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type statusOptions struct {
	listing
	watch bool
}

func newStatus(w *World) *cobra.Command {
	o := statusOptions{}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "What runs in each slot",
		Example: `  slot status
  slot status --watch              # until Ctrl+C
  slot status --json
  slot status --json | jq -r '.[] | select(.next) | .next'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	o.flags(cmd, "print the slots as JSON")
	cmd.Flags().BoolVarP(&o.watch, "watch", "w", false, "show it again and again, until Ctrl+C")
	cmd.MarkFlagsMutuallyExclusive("json", "watch")
	cmd.MarkFlagsMutuallyExclusive("output", "watch")
	return cmd
}

// statusNext is a Status with the command that helps; it is the JSON output.
type statusNext struct {
	slot.Status
	Next string `json:"next,omitempty"`
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
	if o.watch {
		return watchStatus(ctx, w, c, all)
	}
	if o.json {
		var out []statusNext
		for _, s := range all {
			out = append(out, statusNext{s, s.Next()})
		}
		return printJSON(w.Out, out)
	}
	header, rows := statusTable(all, time.Now())
	if o.wide {
		header, rows = statusWide(all, header, rows)
		err = printTable(w.Out, header, rows)
	} else {
		err = w.printStatus(header, rows)
	}
	if err != nil {
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

// printStatus puts the last column, what to do next, below the table where the
// terminal is too narrow for it.
func (w *World) printStatus(header []string, rows [][]string) error {
	var b strings.Builder
	if err := renderTable(&b, header, rows); err != nil {
		return err
	}
	if !isTerminal(w.Out) || cut(b.String(), w.width(w.Out)) == b.String() {
		return printTable(w.Out, header, rows)
	}
	last, next := len(header)-1, ""
	for i, row := range rows {
		if row[last] != "-" {
			next += fmt.Sprintf("  %s\n", row[last])
		}
		rows[i] = row[:last]
	}
	if err := printTable(w.Out, header[:last], rows); err != nil || next == "" {
		return err
	}
	_, err := fmt.Fprintf(w.Out, "\nnext:\n%s", next)
	return err
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
			age(s.Since, now), memory(s.MemoryKiB), fmt.Sprint(s.Restarts), lastWord(s), dash(s.Next()),
		})
	}
	return []string{"SLOT", "STATE", "ADDRESS", "RELEASE", "COMMIT", "FOR", "MEMORY", "RESTARTS", "LAST DEPLOYMENT", "NEXT"}, rows
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
