package commands

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

// watchEvery is how often the daemon is asked.
const watchEvery = time.Second

// watchStatus shows the slots until Ctrl+C: on a terminal in one place, else a
// line for each slot that is other than before.
func watchStatus(ctx context.Context, w *World, c *api.Client, all []slot.Status) (err error) {
	show := (&statusLines{said: map[slot.Name]string{}}).print
	if isTerminal(w.Out) {
		fmt.Fprint(w.Out, enterScreen)
		defer fmt.Fprint(w.Out, leaveScreen)
		show = drawStatus
	}
	for {
		if err := show(w, all); err != nil {
			return err
		}
		if sleep(ctx, watchEvery) != nil {
			return nil // Ctrl+C is how a person ends it
		}
		if all, err = c.Status(ctx); ctx.Err() != nil {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// drawStatus cuts what is too wide: a line that wraps would push the others
// down, and the next picture with them.
func drawStatus(w *World, all []slot.Status) error {
	var table, b bytes.Buffer
	header, rows := statusTable(all, time.Now())
	if err := renderTable(&table, header, rows); err != nil {
		return err
	}
	fmt.Fprintf(&b, "slot status   %s   Ctrl+C ends it\n\n%s", time.Now().Format(time.TimeOnly), table.String())
	aside := *w
	aside.Err = &b
	tellTroubles(&aside, all)
	return redraw(w, cut(b.String(), w.width(w.Out)))
}

// cut shortens each line to a width.
func cut(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if r := []rune(line); len(r) > width {
			lines[i] = string(r[:width-1]) + "…"
		}
	}
	return strings.Join(lines, "\n")
}

// statusLines remembers what was said of each slot.
type statusLines struct{ said map[slot.Name]string }

func (l *statusLines) print(w *World, all []slot.Status) error {
	for _, s := range all {
		row := []string{string(s.Slot), stateWord(s), s.URL, releaseWord(s), dash(s.Source.ShortCommit()), fmt.Sprint(s.Restarts), lastWord(s), dash(s.Next())}
		line := strings.Join(row, "\t")
		if l.said[s.Slot] != line {
			l.said[s.Slot] = line
			if _, err := fmt.Fprintln(w.Out, time.Now().Format(time.TimeOnly)+"\t"+line); err != nil {
				return err
			}
		}
	}
	return nil
}
