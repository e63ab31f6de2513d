package supervisor

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// environmentVariable names the file descriptor of the environment that
// daemon and keeper share.
const environmentVariable = "SLOT_ENVIRONMENT_FD"

// environment is what the daemon works with, and the next daemon will: a
// later "slot up" replaces it, because the logins that a workspace's
// environment names do not outlive its build. It is a file in memory alone
// that the keeper holds: it survives the daemon and never reaches a disk.
type environment struct {
	file *os.File // nil for a daemon that was started alone

	mu  sync.Mutex
	env []string // in force
}

// newEnvironment shares f, or makes a file where f is nil.
func newEnvironment(f *os.File) (*environment, error) {
	if f != nil {
		return &environment{file: f}, nil
	}
	fd, err := unix.MemfdCreate("slot-environment", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("cannot keep the environment: %w", err)
	}
	return &environment{file: os.NewFile(uintptr(fd), "environment")}, nil
}

func (e *environment) fd() uintptr { return e.file.Fd() }

// of returns what the next daemon gets: what was handed over last, or first
// where nothing was, or a kill left it half written.
func (e *environment) of(first []string) []string {
	var env []string
	data, err := io.ReadAll(io.NewSectionReader(e.file, 0, maxEnvironment))
	if err != nil || json.Unmarshal(data, &env) != nil || len(env) == 0 {
		env = first
	}
	return without(env, handedDown...)
}

// maxEnvironment is over what execve(2) takes.
const maxEnvironment = 16 << 20

// handedDown are the variables between slot's own processes.
var handedDown = []string{readyVariable, ListenersVariable, environmentVariable, keeperVariable}

// list is the environment in force.
func (e *environment) list() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.env
}

// get is one of its variables.
func (e *environment) get(name string) string {
	value := ""
	for _, kv := range e.list() {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			value = v
		}
	}
	return value
}

// replace puts env in force and returns the names of what differs. Slot's own
// settings stay those of its start, and where the caller stands is no matter.
func (e *environment) replace(env []string) (changed []string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	next := slices.DeleteFunc(slices.Clone(env), stays)
	next = append(next, slices.DeleteFunc(slices.Clone(e.env), func(kv string) bool { return !stays(kv) })...)
	if changed = differing(e.env, next); len(changed) == 0 {
		return nil, nil
	}
	if e.file != nil {
		data, err := json.Marshal(next)
		if err == nil {
			_, err = e.file.WriteAt(data, 0)
		}
		if err == nil {
			err = e.file.Truncate(int64(len(data)))
		}
		if err != nil {
			return nil, fmt.Errorf("cannot keep the environment: %w", err)
		}
	}
	e.env = next
	return changed, nil
}

// stays reports whether a variable is not replaced: a setting of slot's, or
// one that says where a shell is. The subdomains are Coder's.
func stays(kv string) bool {
	name, _, _ := strings.Cut(kv, "=")
	return strings.HasPrefix(name, "SLOT_") && !strings.HasSuffix(name, "_SUBDOMAIN") || slices.Contains([]string{"PWD", "OLDPWD", "SHLVL", "_"}, name)
}

// share makes f, which a new keeper holds, the file of the environment.
func (e *environment) share(f *os.File) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.file != nil {
		e.file.Close()
	}
	e.file = f
}

// differing names the variables that are not the same in both.
func differing(a, b []string) []string {
	before, after := variables(a), variables(b)
	names := map[string]bool{}
	for name, value := range before {
		if other, ok := after[name]; !ok || other != value {
			names[name] = true
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func variables(env []string) map[string]string {
	all := map[string]string{}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		all[name] = value
	}
	return all
}
