package lab

import (
	"fmt"
	"io"
	"strings"
)

// Table is a table of Markdown.
type Table struct{ rows [][]string }

// NewTable begins one with its header.
func NewTable(header ...string) *Table { return &Table{rows: [][]string{header}} }

// Row adds a row; values are written with their own format.
func (t *Table) Row(cells ...string) { t.rows = append(t.rows, cells) }

// Write writes it.
func (t *Table) Write(w io.Writer) {
	for i, row := range t.rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(w, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
	fmt.Fprintln(w)
}

// F formats a number with so many decimals.
func F(v float64, decimals int) string { return fmt.Sprintf("%.*f", decimals, v) }
