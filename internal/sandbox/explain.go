package sandbox

import (
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// Denied is an access that the sandbox did not allow and the user has.
type Denied struct {
	Path   string // "" for rights
	Access string // "read", "write" or "gain rights"
}

// String is the middle of a sentence: read "/home/you/.ssh/id_rsa".
func (d Denied) String() string {
	switch {
	case d.Path == "":
		return "gain rights through sudo or the like"
	case d.Access == "write":
		return fmt.Sprintf("write to %q", d.Path)
	}
	return fmt.Sprintf("read %q", d.Path)
}

// refusals are the words of runtimes and programs for EACCES and EPERM, and
// sudo's for no_new_privs.
var (
	refusals  = lazyregexp.New(`(?i)permission ?denied|\bEACCES\b|\bEPERM\b|operation not permitted|access ?denied|may not be executed`)
	noNewPriv = lazyregexp.New(`(?i)no.new.priv`)
	paths     = lazyregexp.New(`'(/[^']+)'|"(/[^"]+)"|(/[^\s'"():;,<>|]+)`)
)

// Explain looks in the output of a process that failed for an access that its
// policy does not allow. What the user himself may not do is not the sandbox's
// doing and is left out. A nil Policy explains nothing.
func (p *Policy) Explain(output []string) (Denied, bool) {
	if p == nil {
		return Denied{}, false
	}
	for _, line := range output {
		if noNewPriv.MatchString(line) {
			return Denied{Access: "gain rights"}, true
		}
		if !refusals.MatchString(line) || !Kernel().Files {
			continue
		}
		for _, m := range paths.FindAllStringSubmatch(line, -1) {
			path := filepath.Clean(m[1] + m[2] + m[3])
			if d, ok := p.denied(path); ok {
				return d, true
			}
		}
	}
	return Denied{}, false
}

// denied says what of a path the policy keeps from a process and the user has.
func (p *Policy) denied(path string) (Denied, bool) {
	exists := unix.Access(path, unix.F_OK) == nil
	switch {
	case exists && !p.allows(path, unix.LANDLOCK_ACCESS_FS_READ_FILE) && unix.Access(path, unix.R_OK) == nil:
		return Denied{path, "read"}, true
	case p.allows(path, unix.LANDLOCK_ACCESS_FS_WRITE_FILE):
	case exists && unix.Access(path, unix.W_OK) == nil:
		return Denied{path, "write"}, true
	case !exists && creatable(path):
		return Denied{path, "write"}, true
	}
	return Denied{}, false
}

// creatable reports whether the user could make path: the nearest folder that
// is there is the one to ask.
func creatable(path string) bool {
	dir := filepath.Dir(path)
	for unix.Access(dir, unix.F_OK) != nil && strings.Count(dir, "/") > 1 {
		dir = filepath.Dir(dir)
	}
	return unix.Access(dir, unix.W_OK) == nil
}
