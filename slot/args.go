package slot

import (
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// execs matches a command that is one of exec already.
var execs = lazyregexp.New(`^exec\s`)

// shellWord matches a command whose first word only a shell knows: of POSIX, what
// is no program of its own.
var shellWord = lazyregexp.New(`^(?:[.:!{]|alias|bg|break|case|cd|command|continue|eval|exit|export|fc|fg|for|getopts|hash|if|jobs|local|read|readonly|return|set|shift|times|trap|type|ulimit|umask|unalias|unset|until|wait|while)(?:\s|$)`)

// assigns matches a command that begins with NAME=value, which exec does
// not take.
var assigns = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*=`)

// Args is the command line of the process as it is run: Argv, or the shell with
// its line.
func (p *Process) Args() []string {
	if len(p.Argv) > 0 {
		return p.Argv
	}
	shell := strings.TrimSpace(p.Shell)
	// exec makes the app itself, not a shell around it, get the signals;
	// a list of commands must stay with the shell.
	if !strings.ContainsAny(shell, ";&|()\n<>`") && !execs.MatchString(shell) && !assigns.MatchString(shell) && !shellWord.MatchString(shell) {
		shell = "exec " + shell
	}
	return []string{"/bin/sh", "-c", shell}
}
