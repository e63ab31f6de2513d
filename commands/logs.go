package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

type logsOptions struct {
	follow bool
	lines  int
	json   bool
}

func newLogs(w *World) *cobra.Command {
	o := logsOptions{}
	cmd := &cobra.Command{
		Use:               "logs SLOT",
		Short:             "What the app of a slot wrote",
		Example:           "  slot logs a\n  slot logs a -f\n  slot logs a -n 1000 | grep error",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args[0])
		},
	}
	cmd.Flags().BoolVarP(&o.follow, "follow", "f", false, "go on with what comes until Ctrl+C")
	cmd.Flags().IntVarP(&o.lines, "lines", "n", 100, "how many lines to begin with (0 to 100000)")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object a line")
	return cmd
}

func (o *logsOptions) run(ctx context.Context, w *World, arg string) error {
	n, err := slot.ParseName(arg)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	color := w.color(w.Out)
	err = c.Logs(ctx, n, o.lines, o.follow, func(l logs.Line) error {
		if o.json {
			return printLine(w, l)
		}
		return showLine(w, l, color)
	})
	if o.follow && errors.Is(err, context.Canceled) {
		return nil // Ctrl+C is how a person ends it
	}
	return err
}

func showLine(w *World, l logs.Line, color bool) error {
	process, text := l.Process, l.Text
	if i := strings.LastIndexByte(process, '.'); i > 0 {
		process = process[:i] // web.7 without the number of its run
	}
	stamp := l.Time.Local().Format("15:04:05.000") + " " + process
	if color {
		stamp = dim + stamp + plain
		switch l.Stream {
		case logs.Stderr:
			text = red + text + plain
		case logs.Slot:
			text = green + text + plain
		}
	}
	_, err := fmt.Fprintln(w.Out, stamp, text)
	return err
}
