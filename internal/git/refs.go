package git

import (
	"context"

	"github.com/slot-paas/slot/slot"
)

// Refs are the branches and tags that a repository has, with their commits.
type Refs struct {
	refs map[string]string
	head string
}

// Refs asks the repository at address what it has: one call of git, without a
// mirror and without fetching anything.
func (g *Git) Refs(ctx context.Context, address string) (Refs, error) {
	refs, head, err := g.list(ctx, "/", address, nil)
	if err != nil {
		return Refs{}, explain(err, address)
	}
	return Refs{refs, head}, nil
}

// Branch returns the commit that a branch has, and its name; "" is the
// repository's default branch. ok is false where there is none of that name.
func (r Refs) Branch(name string) (commit, branch string, ok bool) {
	if name == "" {
		name = r.head
	}
	if slot.ValidateRef(name) != nil {
		return "", "", false
	}
	commit, ok = r.refs["refs/heads/"+name]
	return commit, name, ok
}

// Has reports whether there is a branch or a tag of that name.
func (r Refs) Has(name string) bool {
	return r.refs["refs/heads/"+name] != "" || r.refs["refs/tags/"+name] != ""
}
