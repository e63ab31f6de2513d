package java

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// maxErrors is how many of the compiler's errors are told.
const maxErrors = 10

// How the compilers name a place: javac through Maven, javac itself, Kotlin
// through both tools, and Gradle for its own files.
var places = []*lazyregexp.Regexp{
	lazyregexp.New(`^\[ERROR\] (?:file://)?(/?[^:\[]+\.(?:java|kt)):[\[(](\d+)(?:,\s*\d+)?[\])]:? (.+)$`),
	lazyregexp.New(`^(/?[^:]+\.java):(\d+): error: (.+)$`),
	lazyregexp.New(`^e: (?:file://)?(/?[^:]+\.kts?):(\d+):\d+:? (.+)$`),
	lazyregexp.New(`^e: (/?[^:]+\.kts?): \((\d+), \d+\): (.+)$`),
	lazyregexp.New(`^(?:Build|Settings) file '([^']+)' line: (\d+)(.*)$`),
}

// symbol names what an error "cannot find symbol" is about.
var symbol = lazyregexp.New(`^(?:\[ERROR\])?\s+symbol:\s+(.+)$`)

// compileErrors reads the errors that name a place, each once: Maven tells them
// twice.
func compileErrors(output, folders []string) []slot.Diagnostic {
	var found []slot.Diagnostic
	last := -1 // the error that the line belongs to
	for i, line := range output {
		d, ok := compileError(line, folders)
		switch {
		case ok:
			if d.Summary == "" { // what was wrong stands below
				d.Summary = next(output[i+1:])
			}
			last = slices.IndexFunc(found, func(f slot.Diagnostic) bool { return f.File == d.File && f.Line == d.Line && f.Detail == d.Detail })
			if last < 0 {
				found = append(found, d)
				last = len(found) - 1
			}
		case last >= 0:
			if m := symbol.FindStringSubmatch(line); m != nil && !strings.Contains(found[last].Summary, m[1]) {
				found[last].Summary += ": " + strings.Join(strings.Fields(m[1]), " ")
			}
		}
	}
	found = found[:min(len(found), maxErrors)]
	if len(found) > 0 { // the first is the headline, which shows no place of its own
		found[0].Summary = fmt.Sprintf("%s:%d: %s", found[0].File, found[0].Line, found[0].Summary)
		found[0].Hint = "the same build shows the same on your machine; deploy again when it is quiet"
		if strings.Contains(found[0].Summary, "package ") && strings.HasSuffix(found[0].Summary, " does not exist") {
			found[0].Hint = "add the dependency that has the package to the build file"
		}
	}
	return found
}

func compileError(line string, folders []string) (slot.Diagnostic, bool) {
	for _, place := range places {
		if m := place.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[2])
			return slot.Diagnostic{
				Severity: slot.SeverityError, Code: "java.compile", Summary: strings.TrimSpace(m[3]), Detail: line,
				File: within(m[1], folders), Line: n,
			}, true
		}
	}
	return slot.Diagnostic{}, false
}

// next returns what Gradle says went wrong: the line marked with ">", or the one
// after it where it only announces that.
func next(lines []string) string {
	for i, line := range lines {
		text, marked := strings.CutPrefix(strings.TrimSpace(line), "> ")
		if marked && strings.HasSuffix(text, ":") && i+1 < len(lines) {
			text = strings.TrimSpace(lines[i+1])
		}
		if marked {
			return text
		}
	}
	return "it cannot be read"
}
