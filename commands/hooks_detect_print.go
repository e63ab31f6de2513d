package commands

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

// print shows every answer as a row, then the choice and what follows from it.
func (d *detected) print(out io.Writer) error {
	header, rows := detectTable(d.Hooks)
	if err := printTable(out, header, rows); err != nil {
		return err
	}
	text := ""
	if d.Chosen != "" {
		text = d.choice() + planLines(d.Hooks[0].Preview) + diagnosticLines(d.Hooks[0].Diagnostics)
	}
	for _, a := range d.Hooks {
		if a.Skipped() {
			text += diagnosticLines(a.Diagnostics)
		}
	}
	_, err := io.WriteString(out, text)
	return err
}

func detectTable(answers []host.Detection) (header []string, rows [][]string) {
	for _, a := range answers {
		row := []string{a.Hook, "-", "-", dash(strings.Join(a.Evidence, ", "))}
		switch {
		case a.Matched:
			row[1], row[2] = fmt.Sprint(a.Score), dash(appKind(a))
		case a.Skipped():
			row[2], row[3] = "no answer", "see below"
		default:
			row[2], row[3] = "no", "looked for "+row[3]
		}
		rows = append(rows, row)
	}
	return []string{"HOOK", "SCORE", "APP", "EVIDENCE"}, rows
}

// appKind is the language and framework: "node · express".
func appKind(a host.Detection) string {
	var words []string
	for _, word := range []string{a.Language, a.Framework} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " · ")
}

// choice says which hook is chosen and why.
func (d *detected) choice() string {
	best := d.Hooks[0]
	why := map[string]string{
		chosenNamed: "named by --hook",
		chosenOnly:  "the only one that knows this app",
		chosenScore: fmt.Sprintf("its score of %d is the highest", best.Score),
		chosenOrder: fmt.Sprintf("of those with a score of %d it stands first in slot hooks list", best.Score),
	}[d.Reason]
	text := fmt.Sprintf("chosen   %s: %s\n", d.Chosen, why)
	if len(d.Close) > 0 {
		near := slices.Clone(d.Close)
		for i := range near {
			near[i] += fmt.Sprintf(" (%d)", d.Hooks[i+1].Score) // they follow the best
		}
		text += fmt.Sprintf("note     close to it: %s; to be sure: slot config set a.hook=%s\n", strings.Join(near, ", "), d.Chosen)
	}
	return text
}

// planLines shows how the app would be run.
func planLines(plan slot.LaunchPlan) string {
	var b strings.Builder
	if plan.Static != nil {
		spa := ""
		if plan.Static.SPA {
			spa = ", unknown paths answer index.html"
		}
		fmt.Fprintf(&b, "serves   the folder %s%s\n", dash(plan.Static.Root), spa)
	}
	for _, p := range plan.Processes {
		fmt.Fprintf(&b, "runs     %s: %s\n", p.Type, dash(p.Command()))
	}
	for _, name := range slices.Sorted(maps.Keys(plan.Env)) {
		fmt.Fprintf(&b, "env      %s=%s\n", name, dash(plan.Env[name]))
	}
	return b.String()
}

func diagnosticLines(diagnostics []slot.Diagnostic) string {
	var b strings.Builder
	for _, g := range diagnostics {
		fmt.Fprintf(&b, "%-8s %s\n", g.Severity, dash(g.Summary))
		if g.Hint != "" {
			fmt.Fprintf(&b, "  try: %s\n", dash(g.Hint))
		}
	}
	return b.String()
}
