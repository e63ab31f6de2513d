package commands

import (
	"fmt"
	"strings"
)

// findingsTable has a row for each finding, and one below it for its remedy.
func findingsTable(found []finding) (header []string, rows [][]string) {
	for _, f := range found {
		rows = append(rows, []string{f.Check, string(f.State), dash(f.Text)})
		if f.Remedy != "" {
			rows = append(rows, []string{f.Check, "", fmt.Sprintf("try: %s", dash(f.Remedy))})
		}
	}
	return []string{"CHECK", "STATE", "FOUND"}, rows
}

// findingsScreen is the same for a person: folded to the width, and each state
// in its colour. The state is said in words too.
func findingsScreen(found []finding, width int, color bool) string {
	column := 0
	for _, f := range found {
		column = max(column, len(f.Check))
	}
	states := len(problem) + 2
	margin := strings.Repeat(" ", column+2+states)
	if len(margin) > width/2 { // too narrow for columns
		margin = "    "
	}
	p := progress{color: color}
	var b strings.Builder
	for _, f := range found {
		lead := fmt.Sprintf("%-*s", column+2, f.Check)
		state := fmt.Sprintf("%-*s", states, f.State)
		text := folded(lead+state, margin, dash(f.Text), width)
		b.WriteString(lead + p.paint(paints[f.State], state) + strings.TrimPrefix(text, lead+state))
		if f.Remedy != "" {
			b.WriteString(folded(margin, margin+"  ", "try: "+dash(f.Remedy), width))
		}
	}
	return b.String()
}

var paints = map[severity]string{healthy: green, fixed: green, warning: yellow, problem: red}

// summed counts what a person has to read, such as "1 problem, 2 warnings";
// "" where there is nothing.
func summed(all []finding) string {
	count := map[severity]int{}
	fixable := 0
	for _, f := range all {
		count[f.State]++
		if f.Fixable {
			fixable++
		}
	}
	var words []string
	for _, state := range []severity{problem, warning} {
		switch n := count[state]; {
		case n == 1:
			words = append(words, "1 "+string(state))
		case n > 1:
			words = append(words, fmt.Sprintf("%d %ss", n, state))
		}
	}
	text := strings.Join(words, ", ")
	if fixable > 0 {
		text += fmt.Sprintf("; slot doctor --fix mends %d of these", fixable)
	}
	return text
}
