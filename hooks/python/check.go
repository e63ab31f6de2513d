package python

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// checkEntry has Python read the file that is started, so that a mistake in it
// is told by its place rather than by an app that does not start.
func (j *job) checkEntry(ctx context.Context) error {
	entry := j.app.choice.entry
	if entry == "" || j.app.start != "" || !j.files.Exists(entry) {
		return nil
	}
	argv := []string{filepath.Join(j.venv, "bin", "python"), "-I", "-m", "py_compile", entry}
	err := j.b.Run(ctx, j.request.App.AppDir, argv, j.env()...)
	var failed *hooks.CommandError
	if !errors.As(err, &failed) {
		return err
	}
	if d, ok := mistake(failed.Output); ok {
		return hooks.Fail(d)
	}
	return nil // what it is, the start will show
}

var (
	mistakeAt = lazyregexp.New(`^\s*File "([^"]+)", line (\d+)`)
	indented  = lazyregexp.New(`^Sorry: \w+: (.+) \(([^()]+), line (\d+)\)$`) // of indentation
	mistaken  = lazyregexp.New(`^(?:SyntaxError|IndentationError|TabError): (.+)$`)
)

// mistake reads the place and the words of what Python could not read.
func mistake(output []string) (slot.Diagnostic, bool) {
	file, line, words := "", "", ""
	for _, l := range output {
		if m := mistakeAt.FindStringSubmatch(l); m != nil {
			file, line = m[1], m[2]
		} else if m := mistaken.FindStringSubmatch(l); m != nil {
			words = m[1]
		} else if m := indented.FindStringSubmatch(l); m != nil {
			words, file, line = m[1], m[2], m[3]
		}
	}
	n, _ := strconv.Atoi(line)
	return slot.Diagnostic{
		Severity: slot.SeverityError, Code: "python.syntax", File: file, Line: n, Summary: file + ":" + line + ": " + words,
		Detail: words, Hint: "python3 -m py_compile " + file + " shows the same on your machine",
	}, words != "" && file != ""
}
