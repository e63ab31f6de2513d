package hooks

import (
	"regexp"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Rule recognises a known failure in the output of a command. "$1" in the
// texts of the diagnostic stands for the pattern's first group.
type Rule struct {
	Pattern    *regexp.Regexp
	Diagnostic slot.Diagnostic
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
