package hooks

import (
	"fmt"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Failure is the error of a build whose cause is known: the diagnostic is
// shown to the user, with severity error.
type Failure struct {
	Diagnostic slot.Diagnostic
}

// Fail returns a *Failure.
func Fail(d slot.Diagnostic) error { return &Failure{d} }

// Error returns the summary of the diagnostic.
func (f *Failure) Error() string { return f.Diagnostic.Summary }

// CommandError is the error of a command that ended with another code than 0.
type CommandError struct {
	Argv   []string
	Code   int      // -1 when a signal ended it
	Signal string   // its name, "" without one
	Output []string // the last lines of both streams, 200 at most
}

// Error names the command and how it ended.
func (e *CommandError) Error() string {
	argv := e.Argv
	if len(argv) == 3 && argv[0] == "sh" && argv[1] == "-c" {
		argv = argv[2:]
	}
	if e.Signal != "" {
		return fmt.Sprintf("%q was ended by %s", strings.Join(argv, " "), e.Signal)
	}
	return fmt.Sprintf("%q ended with code %d", strings.Join(argv, " "), e.Code)
}
