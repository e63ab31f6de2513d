package lab

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Column is one figure of all that a table compares, and why slot's may not be
// the best of them.
type Column struct {
	Name     string
	Values   []float64 // in the rows' order
	Decimals int
	More     bool   // is better
	Why      string // whoever is first
}

// Behind writes a line for each column in which a row is ahead of slot's: who,
// by how much, and why. Figures that read alike are alike.
func Behind(w io.Writer, rows []string, slot int, columns ...Column) {
	for _, c := range columns {
		var ahead []int
		for i := range rows {
			if i != slot && c.better(i, slot) {
				ahead = append(ahead, i)
			}
		}
		if len(ahead) == 0 {
			continue
		}
		slices.SortStableFunc(ahead, func(a, b int) int {
			switch {
			case c.better(a, b):
				return -1
			case c.better(b, a):
				return 1
			}
			return 0
		})
		names := make([]string, len(ahead))
		for i, row := range ahead {
			names[i] = fmt.Sprintf("%s %s", rows[row], c.text(row))
		}
		fmt.Fprintf(w, "- %s: %s; slot %s. %s\n", c.Name, strings.Join(names, ", "), c.text(slot), c.Why)
	}
	fmt.Fprintln(w)
}

func (c Column) better(a, b int) bool {
	if c.text(a) == c.text(b) {
		return false
	}
	return c.More == (c.Values[a] > c.Values[b])
}

func (c Column) text(row int) string { return F(c.Values[row], c.Decimals) }
