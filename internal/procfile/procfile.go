// Package procfile reads Procfiles: lines of "name: command". It owns the
// format, not what the names mean, and does no I/O.
package procfile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// Name is the file's name at the top of an app.
const Name = "Procfile"

// Entry is one line.
type Entry struct {
	Name    string
	Command string
	Line    int // 1, 2, …
}

// Error is what is wrong with one line.
type Error struct {
	Line   int
	Reason string
	Hint   string
}

// Error returns the reason with its line.
func (e *Error) Error() string { return fmt.Sprintf("Procfile line %d: %s", e.Line, e.Reason) }

// maxEntries bounds what one app may run beside its web process.
const maxEntries = 32

var (
	entry    = lazyregexp.New(`^([A-Za-z0-9_-]{1,63})[ \t]*:(.*)$`)
	conflict = lazyregexp.New(`^(<{7}|={7}|>{7}|\|{7})( |$)`)
)

// Parse reads a Procfile. Empty lines and lines beginning with # are left out.
// The error is an *Error.
func Parse(data []byte) ([]Entry, error) {
	var entries []Entry
	seen := map[string]int{}
	for i, line := range strings.Split(strings.TrimPrefix(string(data), "\uFEFF"), "\n") {
		n := i + 1
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if conflict.MatchString(line) {
			return nil, &Error{n, "it holds an unresolved merge conflict", "resolve it and commit the file"}
		}
		if !utf8.ValidString(line) || strings.ContainsRune(line, 0) {
			return nil, &Error{n, "it is not text in UTF-8", "save the file as UTF-8"}
		}
		m := entry.FindStringSubmatch(line)
		if m == nil {
			return nil, &Error{n, fmt.Sprintf("%.60q is not a process", line),
				"write \"web: node server.js\"; a name has letters, digits, _ and -"}
		}
		name, command := m[1], strings.TrimSpace(m[2])
		switch {
		case command == "":
			return nil, &Error{n, fmt.Sprintf("%q has no command", name), "write \"" + name + ": command\""}
		case seen[name] != 0:
			return nil, &Error{n, fmt.Sprintf("%q stands on line %d already", name, seen[name]), "keep one of the two lines"}
		case len(entries) == maxEntries:
			return nil, &Error{n, fmt.Sprintf("more than %d processes", maxEntries), "start fewer processes"}
		}
		seen[name] = n
		entries = append(entries, Entry{name, command, n})
	}
	return entries, nil
}
