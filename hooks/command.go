package hooks

import (
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

var (
	plainWord  = lazyregexp.New(`^[A-Za-z0-9_./:=@%+,-]+$`)
	assignment = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*=`)
	// What "exec" in front of a command line would not survive.
	compound = lazyregexp.New("[;&|()<>`\n]|^(cd|export|set|if|for|while|case|exec|source)\\b|^\\.\\s")
)

// Command returns the process that runs a command line as its user meant it,
// with as few processes in between as possible: plain words become argv, one
// command with variables or quotes is left to the shell's exec, and anything
// more gets a shell of its own.
func Command(processType, line string) slot.Process {
	line = strings.TrimSpace(line)
	words := strings.Fields(line)
	plain := len(words) > 0
	for _, w := range words {
		plain = plain && plainWord.MatchString(w)
	}
	p := slot.Process{Type: processType}
	switch {
	case compound.MatchString(line) || strings.Contains(line, "$("):
		p.Argv = []string{"sh", "-c", line}
	case plain && assignment.MatchString(words[0]):
		p.Argv = append([]string{"env"}, words...)
	case assignment.MatchString(line):
		p.Argv = []string{"sh", "-c", line}
	case plain && (words[0] == "node" || words[0] == "env"):
		p.Argv = words
	default:
		p.Shell = line
	}
	return p
}
