package commands

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

type deliveriesOptions struct {
	listing
	limit int
}

func newWebhookDeliveries(w *World) *cobra.Command {
	o := deliveriesOptions{}
	cmd := &cobra.Command{
		Use: "deliveries", Short: "What came, newest first, and what was decided",
		Long: `Lists the calls whose signature was right; the newest 1000 are kept. Refused ones
are only counted: slot webhook url tells how many.`,
		Example: "  slot webhook deliveries\n  slot webhook deliveries show 12\n  slot webhook deliveries -n 0 --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().IntVarP(&o.limit, "limit", "n", 20, "the newest so many; 0 for all (0 to 100000)")
	o.flags(cmd, "print the deliveries as JSON")
	cmd.AddCommand(newWebhookShow(w))
	return cmd
}

func (o *deliveriesOptions) run(ctx context.Context, w *World) error {
	if o.limit < 0 || o.limit > 100_000 {
		return slot.E(slot.KindUsage, "", fmt.Errorf("--limit is %d; want 0 to 100000", o.limit))
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	all, err := c.Deliveries(ctx, o.limit)
	if err != nil {
		return err
	}
	switch {
	case o.json:
		return printJSON(w.Out, all)
	case len(all) == 0:
		fmt.Fprintln(w.Err, "nothing came yet; slot webhook test sends something")
		return nil
	}
	header, rows := deliveriesTable(all, time.Local)
	if o.wide {
		header, rows = deliveriesWide(all, header, rows)
	}
	return printTable(w.Out, header, rows)
}

func deliveriesTable(all []slot.Delivery, zone *time.Location) (header []string, rows [][]string) {
	for _, d := range all {
		repository, ref, commit, subject := "", "", "", ""
		if len(d.Pushes) > 0 {
			p := d.Pushes[0]
			repository, commit, subject = p.Repository, slot.Source{Commit: p.After}.ShortCommit(), p.Subject
			ref = strings.TrimPrefix(strings.TrimPrefix(p.Ref, "refs/heads/"), "refs/")
		}
		rows = append(rows, []string{
			fmt.Sprint(d.Number), d.Time.In(zone).Format("2006-01-02 15:04:05"), d.Source, dash(d.Event),
			dash(repository), dash(ref), dash(commit), dash(decided(d)), dash(subject),
		})
	}
	return []string{"NUMBER", "WHEN", "FROM", "EVENT", "REPOSITORY", "BRANCH", "COMMIT", "DECIDED", "SUBJECT"}, rows
}

// decided is what a delivery led to, on one line.
func decided(d slot.Delivery) string {
	if len(d.Decisions) == 0 {
		return d.Reason
	}
	var parts []string
	for _, of := range d.Decisions {
		parts = append(parts, string(of.Slot)+": "+describeDecision(of))
	}
	return strings.Join(parts, ", ")
}

func describeDecision(of slot.Decision) string {
	switch of.Verdict {
	case slot.VerdictDeploy:
		return fmt.Sprintf("deployment %d", of.Deployment)
	case slot.VerdictDuplicate:
		return fmt.Sprintf("again, deployment %d did it", of.Deployment)
	case slot.VerdictFail:
		return "failed, " + of.Reason
	}
	return "not, " + of.Reason
}

func newWebhookShow(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "show NUMBER", Short: "One delivery: what it said, and what became of it",
		Example: "  slot webhook deliveries show 12",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: w.completeDeliveries,
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := deliveryNumber(args[0])
			if err != nil {
				return err
			}
			c, err := w.connect()
			if err != nil {
				return err
			}
			d, err := c.Delivery(cmd.Context(), n)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(w.Out, d)
			}
			_, err = io.WriteString(w.Out, deliveryText(cmd.Context(), c, d, time.Local))
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the delivery as JSON")
	return cmd
}

func deliveryNumber(arg string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(arg, "#"), 10, 64)
	if err != nil || n < 1 {
		return 0, slot.E(slot.KindUsage, "slot webhook deliveries shows the numbers", fmt.Errorf("%q is not the number of a delivery", arg))
	}
	return n, nil
}

// deliveryText is the record for people, with what became of its deployments.
func deliveryText(ctx context.Context, c *api.Client, d slot.Delivery, zone *time.Location) string {
	var b strings.Builder
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-10s %s\n", what, dash(text))
		}
	}
	line("delivery", fmt.Sprintf("%d, %s of %s", d.Number, d.Event, d.Source))
	line("id", d.ID)
	line("came", d.Time.In(zone).Format("2006-01-02 15:04:05"))
	if d.Replay != 0 {
		line("repeats", fmt.Sprint(d.Replay))
	}
	for _, p := range d.Pushes {
		line("repository", p.Repository)
		line("branch", strings.TrimPrefix(p.Ref, "refs/heads/"))
		line("commit", describeCommit(slot.Source{Commit: p.After, Subject: p.Subject, Author: p.Author}))
		line("pushed by", p.Pusher)
	}
	line("decided", d.Reason)
	for _, of := range d.Decisions {
		text := describeDecision(of)
		if was, err := c.Deployment(ctx, of.Deployment); of.Deployment != 0 && err == nil {
			text += ", " + string(was.State)
			if was.Reason != "" {
				text += ": " + was.Reason
			}
		}
		line("slot "+string(of.Slot), text)
	}
	return b.String()
}

func newWebhookReplay(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "replay NUMBER", Short: "Decide a delivery once more",
		Long: `Decides a push once more, with the configuration as it is now. What is deployed is
the branch's newest commit, and only where that changes something.`,
		Example: "  slot webhook replay 12",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: w.completeDeliveries,
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := deliveryNumber(args[0])
			if err != nil {
				return err
			}
			c, err := w.connect()
			if err != nil {
				return err
			}
			d, err := c.ReplayDelivery(cmd.Context(), n)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(w.Out, d)
			}
			fmt.Fprintf(w.Out, "%s\n", dash(decided(d)))
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the new delivery as JSON")
	return cmd
}

// completeDeliveries completes the numbers of the newest deliveries.
func (w *World) completeDeliveries(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if c, err := w.connect(); err == nil && len(args) == 0 {
		all, _ := c.Deliveries(cmd.Context(), 50) // no daemon, nothing to complete
		for _, d := range all {
			out = append(out, fmt.Sprintf("%d\t%s %s %s", d.Number, d.Source, d.Event, decided(d)))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
