package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

type historyOptions struct {
	slot   string
	limit  int
	since  string
	status []string
	stats  bool
	listing
}

func newHistory(w *World) *cobra.Command {
	o := historyOptions{}
	cmd := &cobra.Command{
		Use:   "history [SLOT]",
		Short: "The deployments that were, newest first",
		Long: `Lists deployments of one slot or of all: rollbacks, restarts and changes of
variables are deployments too. The newest 1000 of each slot are kept.
"slot history show NUMBER" has one of them with its steps.`,
		Example: `  slot history
  slot history a --status failed --since 7d
  slot history a --stats
  slot history show 12`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args, cmd.Flags().Changed("limit"))
		},
	}
	cmd.Flags().StringVar(&o.slot, "slot", "", "only of this slot, as the argument")
	cmd.Flags().IntVarP(&o.limit, "limit", "n", 20, "the newest so many; 0 for all (0 to 100000)")
	cmd.Flags().StringVar(&o.since, "since", "", "asked for since then: 90m, 24h, 7d, 2026-05-01, or a time with its zone")
	cmd.Flags().StringSliceVar(&o.status, "status", nil, "only these: queued, running, live, failed, canceled, superseded")
	cmd.Flags().BoolVar(&o.stats, "stats", false, "sum them up for each slot; all that are kept, unless --since or --limit says less")
	o.flags(cmd, "print the deployments, or their sums, as JSON")
	cmd.MarkFlagsMutuallyExclusive("stats", "status")
	_ = cmd.RegisterFlagCompletionFunc("slot", slotNames) // the flags are declared above
	_ = cmd.RegisterFlagCompletionFunc("since", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("status", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words(slot.DeploymentStates()), cobra.ShellCompDirectiveNoFileComp
	})
	cmd.AddCommand(newHistoryShow(w))
	return cmd
}

func (o *historyOptions) run(ctx context.Context, w *World, args []string, limited bool) error {
	q, err := o.query(args, time.Now())
	if err != nil {
		return err
	}
	if o.stats && !limited {
		q.Limit = 0
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	all, err := c.FindDeployments(ctx, q)
	if err != nil {
		return err
	}
	switch {
	case o.stats:
		return printStats(w, q.Slot, all, o.json)
	case o.json:
		return printJSON(w.Out, all)
	case len(all) == 0:
		fmt.Fprintln(w.Err, "no deployment of that kind is kept; slot history without flags shows all")
		return nil
	}
	header, rows := historyTable(all, time.Local)
	if o.wide {
		header, rows = historyWide(all, header, rows)
	}
	return printTable(w.Out, header, rows)
}

func (o *historyOptions) query(args []string, now time.Time) (q store.Query, err error) {
	name := o.slot
	if len(args) == 1 {
		if name != "" && name != args[0] {
			return q, slot.E(slot.KindUsage, "", errors.New("name one slot, as the argument or with --slot"))
		}
		name = args[0]
	}
	if name != "" {
		if q.Slot, err = slot.ParseName(name); err != nil {
			return q, err
		}
	}
	for _, word := range o.status {
		state, err := slot.ParseDeploymentState(word)
		if err != nil {
			return q, err
		}
		q.States = append(q.States, state)
	}
	if o.limit < 0 || o.limit > 100_000 {
		return q, slot.E(slot.KindUsage, "", fmt.Errorf("--limit is %d; want 0 to 100000", o.limit))
	}
	q.Limit = o.limit
	q.Since, err = parseMoment("--since", o.since, now)
	return q, err
}

var ago = lazyregexp.New(`^([0-9]{1,6})([smhdw])$`)

func historyTable(all []slot.Deployment, zone *time.Location) (header []string, rows [][]string) {
	for _, d := range all {
		release := "-"
		if d.Release > 0 && d.State == slot.DeploymentLive {
			release = fmt.Sprint(d.Release)
		}
		rows = append(rows, []string{
			fmt.Sprint(d.ID), string(d.Slot), string(d.Action), string(d.State), release, dash(d.Trigger),
			dash(d.Source.ShortCommit()), dash(d.Source.Author), d.RequestedAt.In(zone).Format("2006-01-02 15:04"), took(d), dash(d.Source.Subject),
		})
	}
	return []string{"NUMBER", "SLOT", "ACTION", "STATUS", "RELEASE", "BY", "COMMIT", "AUTHOR", "WHEN", "TOOK", "SUBJECT"}, rows
}

// took is how long a deployment ran, without its wait; "-" while it runs.
func took(d slot.Deployment) string {
	if d.StartedAt.IsZero() || d.EndedAt.IsZero() {
		return "-"
	}
	return seconds(d.EndedAt.Sub(d.StartedAt).Milliseconds())
}

// seconds writes milliseconds as the steps of a deployment are written.
func seconds(ms int64) string {
	if ms >= 100_000 {
		return time.Duration(ms * int64(time.Millisecond)).Round(time.Second).String()
	}
	return fmt.Sprintf("%.1fs", float64(ms)/1000)
}

// words turns the words of an enumeration into plain texts.
func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = strings.TrimSpace(string(v))
	}
	return out
}
