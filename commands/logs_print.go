package commands

import (
	"fmt"
	"strings"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

// slotLine is a line with the slot that it is of.
type slotLine struct {
	Slot slot.Name `json:"slot"`
	logs.Line
}

// linePrinter shows lines to a person or a program.
type linePrinter struct {
	w       *World
	json    bool
	several bool // of more than one slot: each line names its own
	color   bool
}

func newLinePrinter(w *World, json, several bool) *linePrinter {
	return &linePrinter{w: w, json: json, several: several, color: w.color(w.Out)}
}

func (p *linePrinter) print(l slotLine) error {
	switch {
	case p.json && p.several:
		return printLine(p.w, l)
	case p.json:
		return printLine(p.w, l.Line)
	}
	process, text := l.Process, l.Text
	if i := strings.LastIndexByte(process, '.'); i > 0 {
		process = process[:i] // web.7 without the number of its run
	}
	stamp := l.Time.Local().Format("15:04:05.000") + " " + process
	if p.several {
		stamp = string(l.Slot) + " " + stamp
	}
	if p.color {
		stamp = dim + stamp + plain
		switch l.Stream {
		case logs.Stderr:
			text = red + text + plain
		case logs.Slot:
			text = green + text + plain
		}
	}
	_, err := fmt.Fprintln(p.w.Out, stamp, text)
	return err
}
