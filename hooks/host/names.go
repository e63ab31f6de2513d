package host

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ValidName reports whether a hook can have that name: 1 to 32 of a-z, 0-9
// and "-".
func ValidName(name string) bool { return hookName.MatchString(name) }

// Names returns the names of the built-in hooks, and those of the programs in
// the folders. It opens no program and says nothing of trust.
func Names(dirs []string) (builtin, others []string) {
	for _, p := range programs(dirs) {
		others = append(others, p.name)
	}
	return builtins(), others
}

// program is a file that is named like a hook.
type program struct{ name, path string }

// programs lists the files in the folders that are named like hooks; of two
// with one name the first counts.
func programs(dirs []string) []program {
	var found []program
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // the folders need not be there
		}
		for _, e := range entries {
			name, ok := strings.CutPrefix(e.Name(), filePrefix)
			if ok && ValidName(name) && !slices.ContainsFunc(found, func(p program) bool { return p.name == name }) {
				found = append(found, program{name, filepath.Join(dir, e.Name())})
			}
		}
	}
	slices.SortFunc(found, func(a, b program) int { return strings.Compare(a.name, b.name) })
	return found
}
