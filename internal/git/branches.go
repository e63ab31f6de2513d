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

// Find returns the commit that a branch, tag or commit names, as a fetch would
// take it, and the branch; "" is the repository's default one. A commit by its
// hash is believed to be there. address is for the error.
func (r Refs) Find(ref, address string) (hash, branch string, err error) {
	return pick(r.refs, r.head, ref, address)
}
