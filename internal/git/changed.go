package git

import (
	"context"
	"strings"
)

// Changed lists the files in which two commits of a mirror differ, and
// submodules, by their paths from the top. An error says that one of the
// commits is not there any more.
func (g *Git) Changed(ctx context.Context, mirror, from, to string) ([]string, error) {
	return g.changed(ctx, mirror, from, to, bare)
}

// ChangedIn is Changed for a folder of a working tree: only the files in it,
// by their paths from it.
func (g *Git) ChangedIn(ctx context.Context, dir, from, to string) ([]string, error) {
	return g.changed(ctx, dir, from, to)
}

func (g *Git) changed(ctx context.Context, dir, from, to string, where ...string) ([]string, error) {
	out, err := g.run(ctx, dir, "", append(where, "diff-tree", "-r", "-z", "--name-only", "--no-renames", "--relative", from, to, "--")...)
	if err != nil || out == "" {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(out, "\x00"), "\x00"), nil
}
