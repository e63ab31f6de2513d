package commands

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

type topOptions struct {
	once, json bool
	interval   time.Duration
}

func newTop(w *World) *cobra.Command {
	o := topOptions{}
	cmd := &cobra.Command{
		Use:   "top",
		Short: "What the slots take: memory, processor, requests",
		Long: `Shows what each slot takes, with all its processes, and measures it again and
again until Ctrl+C. Where standard output is not a terminal it measures once.
Memory that processes share is counted once; 100% of CPU is one core. Rates are
those between two measurements, requests those since the daemon started.
Nothing is measured while nobody looks, except where a slot has limits or alerts.`,
		Example: `  slot top
  slot top --interval 5s
  slot top --once
  slot top --json | jq '.[] | select(.memory_kib > 500000) | .slot'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.interval < 100*time.Millisecond || o.interval > time.Hour {
				return slot.E(slot.KindUsage, "", fmt.Errorf("--interval is %v; want 100ms to 1h", o.interval))
			}
			return o.run(cmd.Context(), w)
		},
	}
	cmd.Flags().BoolVar(&o.once, "once", false, "measure once and end")
	cmd.Flags().DurationVar(&o.interval, "interval", time.Second, "between two measurements")
	cmd.Flags().BoolVar(&o.json, "json", false, "measure once and print it as JSON")
	return cmd
}

func (o *topOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	before, err := c.Usage(ctx)
	if err != nil {
		return err
	}
	if o.once || o.json || !isTerminal(w.Out) {
		_, now, err := o.next(ctx, c, before)
		if err != nil {
			return err
		}
		if o.json {
			return printJSON(w.Out, now)
		}
		header, rows := topTable(now, time.Now())
		return printTable(w.Out, header, rows)
	}
	return o.live(ctx, w, c, before)
}

// next waits and measures again.
func (o *topOptions) next(ctx context.Context, c *api.Client, before []slot.Usage) (raw, rated []slot.Usage, err error) {
	select {
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case <-time.After(o.interval):
	}
	raw, err = c.Usage(ctx)
	for i, u := range raw {
		if i < len(before) {
			u = u.Rates(before[i])
		}
		rated = append(rated, u)
	}
	return raw, rated, err
}

// The terminal's words: the other screen without a cursor, and back (xterm's
// control sequences); the top left corner; what is left of a line, of the screen.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	topLeft     = "\x1b[H"
	clearLine   = "\x1b[K"
	clearRest   = "\x1b[J"
)

// live draws until Ctrl+C, or until the daemon goes away.
func (o *topOptions) live(ctx context.Context, w *World, c *api.Client, before []slot.Usage) error {
	fmt.Fprint(w.Out, enterScreen)
	defer fmt.Fprint(w.Out, leaveScreen)
	rated := before
	for {
		if err := o.draw(w, rated); err != nil {
			return err
		}
		var err error
		before, rated, err = o.next(ctx, c, before)
		if ctx.Err() != nil {
			return nil // Ctrl+C is how a person ends it
		}
		if err != nil {
			return err
		}
	}
}

func (o *topOptions) draw(w *World, all []slot.Usage) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "slot top   %s   every %v, Ctrl+C ends it\n\n", time.Now().Format(time.TimeOnly), o.interval)
	header, rows := topTable(all, time.Now())
	if err := renderTable(&b, header, rows); err != nil {
		return err
	}
	for _, u := range all {
		for _, a := range u.Alerts {
			fmt.Fprintf(&b, "\nslot %s: %s\n", u.Slot, dash(a.Text))
		}
	}
	return redraw(w, b.String())
}

// redraw puts a text in the place of the one before, without a flicker.
func redraw(w *World, text string) error {
	_, err := fmt.Fprint(w.Out, topLeft+strings.ReplaceAll(text, "\n", clearLine+"\n")+clearRest)
	return err
}

func topTable(all []slot.Usage, now time.Time) (header []string, rows [][]string) {
	for _, u := range all {
		rows = append(rows, []string{
			string(u.Slot), string(u.State), age(u.Since, now), share(memory(u.MemoryKiB), u.LimitKiB, memory(u.LimitKiB)),
			share(fmt.Sprintf("%.0f%%", u.CPUPercent), int64(u.CPULimit*100), fmt.Sprintf("%.0f%%", u.CPULimit*100)),
			fmt.Sprintf("%.1f", u.RequestRate), fmt.Sprintf("%.0f%%", u.ErrorRate), fmt.Sprint(u.Requests), fmt.Sprint(u.InFlight),
			fmt.Sprint(u.Processes), fmt.Sprint(u.Restarts),
		})
	}
	return []string{"SLOT", "STATE", "FOR", "MEMORY", "CPU", "REQ/S", "FAILED", "REQUESTS", "OPEN", "PROCESSES", "RESTARTS"}, rows
}

// share is "65 MiB of 512 MiB" where there is a limit.
func share(of string, limit int64, whole string) string {
	if limit == 0 {
		return of
	}
	return of + " of " + whole
}
