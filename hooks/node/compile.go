package node

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// maxErrors is how many errors of a compiler are told: the first ones cause
// the rest.
const maxErrors = 10

var (
	colours = lazyregexp.New("\x1b\\[[0-9;]*m")

	// One line with everything: tsc without and with colours, esbuild.
	fullError = lazyregexp.New(`^(?:\./)?([^\s:(]+\.\w+)(?:\((\d+),\d+\)|:(\d+):\d+)(?: -|:) (?i:error)(?: TS\d+)?: (.+)$`)
	// The place before the message: Next. The place below it: Vite since 8,
	// esbuild. The file, and the place behind the message: react-scripts.
	placeLine  = lazyregexp.New(`^(?:\./)?([^\s:(]+\.\w+):(\d+):\d+$`)
	placeBelow = lazyregexp.New(`^\s+(?:╭─\[ )?(?:\./)?([^\s:(]+\.\w+):(\d+):\d+(?: \]|:)$`)
	syntaxLine = lazyregexp.New(`^\s*Syntax ?[eE]rror: (.+?) \((\d+):\d+\)(?: \(\d+:\d+\))?$`)

	messagePrefix = lazyregexp.New(`^(?:\s*✘\s*)?(?:\[[\w:. -]+\]\s*)*(?:Error: )?`)
)

// plain is output without colours, with the app's files as the repository
// names them.
func plain(output []string, appDir string) []string {
	inApp := regexp.MustCompile(`(^|[\s("'\[])` + regexp.QuoteMeta(appDir) + `/`)
	lines := make([]string, len(output))
	for i, line := range output {
		lines[i] = inApp.ReplaceAllString(colours.ReplaceAllString(line, ""), "$1")
	}
	return lines
}

// sourceErrors finds what compilers say of places in the source.
func sourceErrors(lines []string) []slot.Diagnostic {
	var found []slot.Diagnostic
	add := func(file, line, message string) {
		message = strings.TrimSpace(messagePrefix.ReplaceAllString(message, ""))
		if message == "" || strings.Contains(file, "node_modules/") || strings.HasPrefix(file, "/") || len(found) == maxErrors {
			return
		}
		n, _ := strconv.Atoi(line)
		found = append(found, slot.Diagnostic{
			Severity: slot.SeverityError, Code: "node.compile", Summary: message, File: file, Line: n,
		})
	}
	for i, line := range lines {
		switch {
		case fullError.MatchString(line):
			m := fullError.FindStringSubmatch(line)
			add(m[1], m[2]+m[3], m[4])
		case placeLine.MatchString(line):
			m := placeLine.FindStringSubmatch(line)
			add(m[1], m[2], neighbour(lines, i, 1))
		case placeBelow.MatchString(line):
			m := placeBelow.FindStringSubmatch(line)
			add(m[1], m[2], neighbour(lines, i, -1))
		case syntaxLine.MatchString(line):
			m := syntaxLine.FindStringSubmatch(line)
			add(strings.TrimPrefix(neighbour(lines, i, -1), "./"), m[2], m[1])
		}
	}
	if len(found) > 0 { // the first is the headline, which shows no place of its own
		found[0].Summary = fmt.Sprintf("%s:%d: %s", found[0].File, found[0].Line, found[0].Summary)
	}
	return found
}

// neighbour is the next line that is not empty, or the one before.
func neighbour(lines []string, at, step int) string {
	for i := at + step; i >= 0 && i < len(lines) && i != at+4*step; i += step {
		if text := strings.TrimSpace(lines[i]); text != "" {
			return text
		}
	}
	return ""
}
