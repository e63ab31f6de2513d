package git

import (
	"slices"
	"strings"
)

// Branches returns the repository's branches by name, and its default one.
func (r Refs) Branches() (names []string, head string) {
	for ref := range r.refs {
		if name, is := strings.CutPrefix(ref, "refs/heads/"); is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, r.head
}
