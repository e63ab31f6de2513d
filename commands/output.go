package commands

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/slot-paas/slot/slot"
)

// printJSON writes v for programs, indented for the people who look.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// printTable writes rows under a header: aligned columns on a terminal,
// tab-separated without a header elsewhere, so that cut and awk work.
func printTable(w io.Writer, header []string, rows [][]string) error {
	if !isTerminal(w) {
		for _, row := range rows {
			if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
				return err
			}
		}
		return nil
	}
	return renderTable(w, header, rows)
}

// forgetWidths drops what the library remembers of the widths of words, for
// processes that live long and print no table: half a megabyte each.
func forgetWidths() { twwidth.SetCacheCapacity(0) }

func renderTable(w io.Writer, header []string, rows [][]string) error {
	none := tw.Rendition{
		Borders: tw.BorderNone,
		Symbols: tw.NewSymbols(tw.StyleNone),
		Settings: tw.Settings{
			Lines:      tw.LinesNone,
			Separators: tw.SeparatorsNone,
		},
	}
	var b strings.Builder
	t := tablewriter.NewTable(&b,
		tablewriter.WithRendition(none),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: "  ", Overwrite: true}),
	)
	t.Header(header)
	if err := t.Bulk(rows); err != nil {
		return err
	}
	if err := t.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// age says how long ago t was: "12s", "5m", "3h", "9d".
func age(t time.Time, now time.Time) string { return slot.Age(t, now) }

// memory says KiB for people.
func memory(kib int64) string {
	switch {
	case kib == 0:
		return "-"
	case kib < 1024:
		return fmt.Sprintf("%d KiB", kib)
	default:
		return fmt.Sprintf("%d MiB", kib/1024)
	}
}

// size says bytes for people.
func size(bytes int64) string {
	value, unit := float64(bytes)/(1<<20), "MiB"
	if bytes >= 1<<30 {
		value, unit = value/1024, "GiB"
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}

// dash is s, or "-" for nothing, so that columns stay columns. What others
// wrote, such as a commit's subject, must not command the terminal.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// printLine writes v as one line of JSON.
func printLine(w *World, v any) error {
	enc := json.NewEncoder(w.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
