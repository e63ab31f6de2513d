package deploy

import (
	"regexp"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// execs matches a command that is one of exec already.
var execs = regexp.MustCompile(`^exec\s`)

// builtin matches a command whose first word only a shell knows: of POSIX, what
// is no program of its own.
var builtin = regexp.MustCompile(`^(?:[.:!{]|alias|bg|break|case|cd|command|continue|eval|exit|export|fc|fg|for|getopts|hash|if|jobs|local|read|readonly|return|set|shift|times|trap|type|ulimit|umask|unalias|unset|until|wait|while)(?:\s|$)`)

// assignment matches a command that begins with NAME=value, which exec does
// not take.
var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

// argv is the command line of a process.
func argv(p slot.Process) []string {
	if len(p.Argv) > 0 {
		return p.Argv
	}
	shell := strings.TrimSpace(p.Shell)
	// exec makes the app itself, not a shell around it, get the signals;
	// a list of commands must stay with the shell.
	if !strings.ContainsAny(shell, ";&|()\n<>`") && !execs.MatchString(shell) && !assignment.MatchString(shell) && !builtin.MatchString(shell) {
		shell = "exec " + shell
	}
	return []string{"/bin/sh", "-c", shell}
}
