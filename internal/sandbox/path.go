package sandbox

import (
	"os"
	"path/filepath"
	"slices"
)

// onPath returns the folders of PATH and what the programs in them need: the
// folder around a bin folder, and that around each program that is a link
// elsewhere. What is readable anyway is left out.
func (m Machine) onPath() []string {
	at := resolver{}
	known := at.reals(append(system(), m.tools()...))
	closed := at.reals(append(m.secrets(), m.Protect...))
	var found []string
	take := func(path string) bool {
		if slices.ContainsFunc(known, func(k string) bool { return beneath(path, k) }) {
			return false
		}
		path = around(path, closed)
		if slices.Contains(closed, path) || above(path, closed) {
			return false
		}
		known, found = append(known, path), append(found, path)
		return true
	}
	for _, dir := range filepath.SplitList(m.Path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		dir = at.real(dir)
		if !take(dir) && !beneath(dir, at.real(m.Home)) {
			continue // the system's
		}
		for _, target := range at.links(dir) {
			if !take(filepath.Dir(target)) {
				take(target) // alone, where its folder holds more than tools
			}
		}
	}
	return found
}

// around is the folder that holds a tool whose programs are in dir, unless
// that folder holds more than a tool.
func around(dir string, closed []string) string {
	switch filepath.Base(dir) {
	case "bin", "sbin", "shims":
	default:
		return dir
	}
	parent := filepath.Dir(dir)
	if slices.Contains(closed, parent) || above(parent, closed) {
		return dir
	}
	return parent
}

// maxLinks bounds the links that are followed in one folder of PATH.
const maxLinks = 1000

// links returns where the links in a folder lead.
func (r resolver) links(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var targets []string
	for _, e := range entries[:min(len(entries), maxLinks)] {
		if e.Type()&os.ModeSymlink == 0 {
			continue
		}
		if to := r.step(dir, e.Name(), 0); to.err == nil {
			targets = append(targets, to.path)
		}
	}
	return targets
}
