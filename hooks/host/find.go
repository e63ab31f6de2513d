package host

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// Trust says whether a hook may run.
type Trust string

// The trust states.
const (
	TrustBuiltin Trust = "built-in" // part of slot
	TrustGiven   Trust = "trusted"
	TrustUnknown Trust = "unknown" // never trusted by the user
	TrustChanged Trust = "changed" // trusted once, another program since
	TrustUnsafe  Trust = "unsafe"  // others may change the file; see Problem
)

// Info is one hook that was found.
type Info struct {
	Name      string `json:"name"`
	Path      string `json:"path,omitempty"` // empty for a built-in
	Trust     Trust  `json:"trust"`
	Overrides bool   `json:"overrides,omitempty"` // stands for the built-in of that name
	Active    bool   `json:"active"`              // takes part in detection
	Problem   string `json:"problem,omitempty"`
	SHA256    string `json:"sha256,omitempty"`

	with []string // other built-ins that are to answer from the same process
}

const filePrefix = "slot-hook-"

var hookName = lazyregexp.New(`^[a-z0-9-]{1,32}$`)

// builtins returns the names of the built-in hooks; at equal scores the first
// wins. The others stand before node because their apps bring a package.json
// for their pages, or for their tools, oftener than the other way round.
func builtins() []string {
	return []string{"go", "rust", "java", "python", "ruby", "php", "deno", "bun", "node", "static", "procfile"}
}

// List returns all hooks: the built-in ones in their order, then those found
// in the folders by name. Nothing is started.
func (h *Host) List(context.Context) []Info {
	lock, err := h.readLock()
	if err != nil {
		h.options.Log.Warn("cannot read the trusted hooks", slot.KeyPath, h.options.LockFile, slot.KeyError, err)
	}
	found := h.scan(lock)
	var list []Info
	for _, name := range builtins() {
		i := slices.IndexFunc(found, func(f Info) bool { return f.Name == name && f.Active })
		list = append(list, Info{Name: name, Trust: TrustBuiltin, Active: i < 0})
	}
	return append(list, found...)
}

// find returns the hook that is used under a name, or why it may not be.
func (h *Host) find(name string) (Info, error) {
	var refused *Info
	for _, info := range h.List(context.Background()) {
		if info.Name != name {
			continue
		}
		if info.Active {
			return info, nil
		}
		if info.Trust != TrustBuiltin {
			refused = &info
		}
	}
	if refused != nil {
		return Info{}, refused.refusal()
	}
	return Info{}, slot.E(slot.KindNotFound, "slot hooks list shows the hooks there are", fmt.Errorf("no hook %q", name))
}

// refusal says why a hook is not started.
func (i *Info) refusal() error {
	hint := ""
	if i.Trust != TrustUnsafe {
		hint = "if you know it: slot hooks trust " + i.Name
	}
	return slot.E(slot.KindRefused, hint, fmt.Errorf("cannot use hook %q at %s: %s", i.Name, i.Path, i.Problem))
}

// scan lists the programs in the folders by name.
func (h *Host) scan(lock lockFile) []Info {
	var found []Info
	for _, p := range programs(h.options.Dirs) {
		found = append(found, inspect(p.name, p.path, lock))
	}
	return found
}

// inspect says what is known of one program.
func inspect(name, path string, lock lockFile) Info {
	info := Info{Name: name, Path: path, Overrides: slices.Contains(builtins(), name)}
	file, sum, err := openProgram(path)
	if err != nil {
		info.Trust, info.Problem = TrustUnsafe, err.Error()
		return info
	}
	file.Close()
	info.SHA256 = sum
	info.Trust, info.Problem = lock.judge(name, sum)
	info.Active = info.Trust == TrustGiven
	return info
}

// checkOwner refuses what somebody else could change.
func checkOwner(info fs.FileInfo, what string) error {
	owner := info.Sys().(*syscall.Stat_t).Uid
	if owner != 0 && owner != uint32(os.Getuid()) {
		return fmt.Errorf("the %s belongs to another user", what)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("others may write to the %s (mode %04o)", what, info.Mode().Perm())
	}
	return nil
}
