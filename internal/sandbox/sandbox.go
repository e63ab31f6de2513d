// Package sandbox starts processes that may open only what they are given:
// Landlock for files, signals and abstract sockets, no_new_privs for rights
// that a program would bring along, and for root a short list of capabilities.
// It restricts the thread that starts the process, never the one that asks for
// it: a thread of its own takes the restrictions, starts the process, which
// inherits them, and ends. Nothing runs between two calls.
//
// What the kernel cannot do is left out, and Kernel says what. Landlock does not
// hide names, sizes and modes of files, and lets a process connect to any
// socket that has a path: such doors need locks of their own.
package sandbox

import (
	"os"
	"path/filepath"
	"slices"
)

// Policy says which files a process and all that it starts may open. Paths are
// absolute; one that does not exist when the process starts is left out. Where
// paths lie in one another the longest decides. The zero value allows nothing;
// a nil Policy restricts nothing. A Policy that is in use is not changed: Clone
// it.
type Policy struct {
	Read    []string // files and folders to read and to run programs from
	Write   []string // the same, and to change, with all that is below
	Devices []string // to read, write and control; no file is made there
	Protect []string // neither, though a path of Read or Write lies above
}

// Clone returns a copy that shares nothing with p; nil of nil.
func (p *Policy) Clone() *Policy {
	if p == nil {
		return nil
	}
	return &Policy{
		Read: slices.Clone(p.Read), Write: slices.Clone(p.Write),
		Devices: slices.Clone(p.Devices), Protect: slices.Clone(p.Protect),
	}
}

// Writable returns the paths of Write that exist and hold: one above a
// protected path does not.
func (p *Policy) Writable() []string { return p.held(writeRights) }

// Readable returns the other paths that may be read.
func (p *Policy) Readable() []string { return p.held(readRights) }

func (p *Policy) held(rights uint64) []string {
	var paths []string
	for _, r := range p.rules() {
		if r.rights == rights {
			paths = append(paths, r.path)
		}
	}
	return paths
}

// rule allows the rights at a path without links, and below it.
type rule struct {
	path   string
	rights uint64
}

// rules resolves the paths and takes the protected ones out of what lies above
// them. Landlock only allows, so a folder to read is replaced by what is in it;
// one to write cannot be, as new names in it have no rule, and is left out.
func (p *Policy) rules() []rule {
	rules, _ := p.resolved()
	return rules
}

// resolved is rules, and the protected paths without links.
func (p *Policy) resolved() (rules []rule, protected []string) {
	at := resolver{}
	protected = at.reals(p.Protect) // those that are not there yet, too
	for _, path := range at.existing(p.Read) {
		for _, part := range carve(path, protected) {
			rules = append(rules, rule{part, readRights})
		}
	}
	for _, path := range at.existing(p.Write) {
		if !above(path, protected) {
			rules = append(rules, rule{path, writeRights})
		}
	}
	for _, path := range at.existing(p.Devices) {
		rules = append(rules, rule{path, deviceRights})
	}
	return needed(rules), protected
}

// needed leaves out what another rule gives: the same one, or one above. Below
// /proc are links that lead elsewhere.
func needed(rules []rule) []rule {
	given, seen := map[string]uint64{}, map[rule]bool{}
	for _, r := range rules {
		given[r.path] |= r.rights
	}
	return slices.DeleteFunc(rules, func(r rule) bool {
		again := seen[r]
		seen[r] = true
		for dir := r.path; dir != "/" && !beneath(r.path, "/proc"); {
			dir = filepath.Dir(dir)
			again = again || given[dir]&r.rights == r.rights
		}
		return again
	})
}

// allows reports whether the policy gives the rights at a path.
func (p *Policy) allows(path string, rights uint64) bool {
	path = resolver{}.real(path)
	for _, r := range p.rules() {
		if r.rights&rights == rights && beneath(path, r.path) {
			return true
		}
	}
	return false
}

// carve returns path, or what is in it besides the protected.
func carve(path string, protected []string) []string {
	if !above(path, protected) {
		return []string{path}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil
	}
	var parts []string
	for _, e := range entries {
		// A link leads where another rule decides.
		if child := filepath.Join(path, e.Name()); e.Type()&os.ModeSymlink == 0 && !slices.Contains(protected, child) {
			parts = append(parts, carve(child, protected)...)
		}
	}
	return parts
}

// above reports whether a protected path lies below path.
func above(path string, protected []string) bool {
	return slices.ContainsFunc(protected, func(p string) bool { return p != path && beneath(p, path) })
}

// beneath reports whether path is dir or lies below it.
func beneath(path, dir string) bool {
	// Without a new string: it is asked thousands of times at each start.
	return path == dir || dir == "/" || len(path) > len(dir) && path[len(dir)] == '/' && path[:len(dir)] == dir
}
