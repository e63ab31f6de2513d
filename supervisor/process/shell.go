package process

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// plain matches a line of which a shell makes nothing but words, and then
// becomes the program.
var plain = lazyregexp.New(`^exec +[A-Za-z0-9_./][A-Za-z0-9_@%+:,./-]*(?: +[A-Za-z0-9_@%+=:,./-]+)*$`)

// program is what execve(2) takes.
type program struct {
	path      string
	argv, env []string
}

// unshelled returns the program that the shell of a spec would become, with what
// that would have set: to start the shell first costs a millisecond. It is false
// where the shell has more to do, or would know better.
func unshelled(s Spec, env []string) (program, bool) {
	if len(s.Argv) != 3 || s.Argv[0] != "/bin/sh" || s.Argv[1] != "-c" || !plain.MatchString(s.Argv[2]) {
		return program{}, false
	}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		relative := func(dir string) bool { return !filepath.IsAbs(dir) }
		if name == "PWD" || name == "PATH" && slices.ContainsFunc(filepath.SplitList(value), relative) {
			return program{}, false
		}
	}
	s.Argv, s.Env = strings.Fields(s.Argv[2])[1:], env
	path, err := lookup(s)
	if err != nil {
		return program{}, false
	}
	if strings.Contains(s.Argv[0], "/") {
		path = s.Argv[0] // as it is: a script finds it in its arguments
	}
	dir, err := filepath.EvalSymlinks(s.Dir)
	if err != nil {
		return program{}, false
	}
	return program{path: path, argv: s.Argv, env: append(slices.Clip(env), "PWD="+dir)}, true
}

// or starts the program, or the shell where that fails: it says why, or knows
// what to do with a script that names no interpreter.
func (p program) or(shell func() (int, error), attr *syscall.ProcAttr) func() (int, error) {
	return func() (int, error) {
		own := *attr // as attr is now: its control group may be another
		own.Env = p.env
		if pid, err := syscall.ForkExec(p.path, p.argv, &own); err == nil {
			return pid, nil
		}
		return shell()
	}
}
