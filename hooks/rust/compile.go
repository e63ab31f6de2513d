package rust

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const (
	maxErrors = 10 // of the compiler's errors are told
	maxDetail = 12 // lines of one error
)

// How rustc writes an error: a headline, the place below it, the source, and
// what may help. A blank line ends it.
var (
	headline = lazyregexp.New(`^error(?:\[E\d+\])?: (.+)$`)
	place    = lazyregexp.New(`^\s*--> ([^:]+):(\d+)(?::\d+)?$`)
	unknown  = lazyregexp.New("use `cargo add ([^`]+)` to add it|undeclared crate or module `([^`]+)`|unlinked crate `([^`]+)`|can't find crate for `([^`]+)`")
)

// compileErrors reads the errors that name a place.
func compileErrors(output []string) []slot.Diagnostic {
	var found []slot.Diagnostic
	for i := 0; i < len(output); i++ {
		m := headline.FindStringSubmatch(output[i])
		if m == nil {
			continue
		}
		end := i + 1
		for end < len(output) && strings.TrimSpace(output[end]) != "" && headline.FindString(output[end]) == "" {
			end++
		}
		if d, ok := compileError(m[1], output[i:end]); ok && len(found) < maxErrors {
			found = append(found, d)
		}
		i = end - 1
	}
	if len(found) > 0 { // the first is the headline, which shows no place of its own
		found[0].Summary = fmt.Sprintf("%s:%d: %s", found[0].File, found[0].Line, found[0].Summary)
		if found[0].Hint == "" {
			found[0].Hint = "cargo build shows the same on your machine; deploy again when it is quiet"
		}
	}
	return found
}

// compileError reads one error, false without a place.
func compileError(summary string, lines []string) (slot.Diagnostic, bool) {
	d := slot.Diagnostic{
		Severity: slot.SeverityError, Code: "rust.compile", Summary: summary,
		Detail: strings.Join(lines[:min(len(lines), maxDetail)], "\n"),
	}
	for _, line := range lines {
		if m := place.FindStringSubmatch(line); m != nil && d.File == "" {
			d.File = m[1]
			d.Line, _ = strconv.Atoi(m[2])
		}
		if m := unknown.FindStringSubmatch(line); m != nil {
			name := m[1] + m[2] + m[3] + m[4]
			d.Code = "rust.crate_undeclared"
			d.Hint = fmt.Sprintf("if %s is a crate: run cargo add %s, and commit Cargo.toml and Cargo.lock", name, name)
		}
	}
	return d, d.File != ""
}
