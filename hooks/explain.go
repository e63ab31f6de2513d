package hooks

import (
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Rule recognises a known failure in the output of a command. "$1" in the
// texts of the diagnostic stands for the pattern's first group.
type Rule struct {
	Pattern    Pattern
	Diagnostic slot.Diagnostic
}

// Pattern is what Explain asks of a *regexp.Regexp.
type Pattern interface {
	FindStringSubmatchIndex(s string) []int
	ExpandString(dst []byte, template, src string, match []int) []byte
}

// Explain returns the diagnostics of the rules that match a line of output,
// each once, in the rules' order, with that line as detail.
func Explain(rules []Rule, output []string) []slot.Diagnostic {
	var found []slot.Diagnostic
	for _, rule := range rules {
		for _, line := range output {
			m := rule.Pattern.FindStringSubmatchIndex(line)
			if m == nil {
				continue
			}
			d := rule.Diagnostic
			expand := func(s string) string { return string(rule.Pattern.ExpandString(nil, s, line, m)) }
			d.Summary, d.Hint, d.Detail = expand(d.Summary), expand(d.Hint), strings.TrimSpace(line)
			found = append(found, d)
			break
		}
	}
	return found
}
