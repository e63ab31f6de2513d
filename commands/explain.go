package commands

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type explainOptions struct{ json bool }

func newExplain(w *World) *cobra.Command {
	o := explainOptions{}
	cmd := &cobra.Command{
		Use:   "explain SLOT",
		Short: "Why a slot is as it is, in words, and what to do",
		Long: `Says why a slot is as it is: what serves and since when, how the last deployment
went, how its processes ended, whether it hung or took more than it may, which
requests failed, which settings wait for a deployment or a start, and what else is
in the way. What to do stands at the end. It changes nothing.`,
		Example:           "  slot explain a\n  slot explain a --json",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args[0])
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as JSON")
	return cmd
}

func (o *explainOptions) run(ctx context.Context, w *World, arg string) error {
	n, err := slot.ParseName(arg)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	x, err := c.Explain(ctx, n)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, x)
	}
	width := math.MaxInt // what is no terminal gets each sentence on one line
	if isTerminal(w.Out) {
		width = min(w.width(w.Out), 100)
	}
	_, err = io.WriteString(w.Out, explanation(x, width))
	return err
}

// explanation is what a person reads: a line, the reasons, what was said last,
// and what to do. What others wrote is made harmless by dash.
func explanation(x slot.Explanation, width int) string {
	var b strings.Builder
	b.WriteString(dash(x.Summary) + "\n")
	if len(x.Because) > 0 {
		b.WriteString("\n")
	}
	for _, text := range x.Because {
		b.WriteString(folded("  ", "    ", dash(text), width))
	}
	if len(x.Output) > 0 {
		b.WriteString("\n  What it said last:\n")
	}
	for _, text := range x.Output {
		if text != "" {
			text = " " + dash(text)
		}
		b.WriteString("  │" + text + "\n")
	}
	if len(x.Try) > 0 {
		b.WriteString("\n")
	}
	for _, text := range x.Try {
		fmt.Fprintf(&b, "try: %s\n", dash(text))
	}
	return b.String()
}
