package deploy

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/slot"
)

// Bounds of what one deployment fetches: a chain or a fan of submodules that
// is longer is a mistake or meant to harm.
const (
	maxSubmodules     = 200
	maxSubmoduleDepth = 10
)

// checkout writes the files of a commit: its own, its submodules' and those
// that Git LFS keeps.
type checkout struct {
	r       *run
	tree    string // where to
	top     string // the mirror that the others are used for
	modules int    // so far
	bare    []string
}

func (r *run) fetchRemote(ctx context.Context, address, tree string) error {
	c := &checkout{r: r, tree: tree, top: mirrorName(address)}
	err := c.write(ctx, address, "", 0, func(mirror string) (hash string, err error) {
		found, err := r.lane.e.Git.Fetch(ctx, address, mirror, r.job.req.Branch)
		if err != nil {
			return "", err
		}
		s := &r.release.Source
		s.Commit, s.Subject, s.Author, s.Branch = found.Hash, found.Subject, found.Author, found.Branch
		return found.Hash, r.unlessUnchanged(func(from string) ([]string, error) {
			return r.lane.e.Git.Changed(ctx, mirror, from, found.Hash)
		})
	})
	if err != nil {
		return err
	}
	r.tellPointers(c.bare)
	return nil
}

// write brings one mirror up to date by get, which returns the commit, and
// writes that commit and its submodules into the folder of the tree. The
// mirror is given back before the next is taken: two repositories may be each
// other's submodules.
func (c *checkout) write(ctx context.Context, address, folder string, depth int, get func(mirror string) (string, error)) error {
	m := c.r.lane.e.mirrors
	mirror, unlock, err := m.take(ctx, address, c.top)
	if err != nil {
		return err
	}
	defer unlock()
	hash, err := get(mirror)
	if err != nil {
		return err
	}
	if err := c.export(ctx, address, mirror, hash, folder); err != nil {
		return err
	}
	modules, err := c.r.lane.e.Git.Submodules(ctx, address, mirror, hash)
	unlock()
	if err != nil {
		return err
	}
	for _, s := range modules {
		if err := c.submodule(ctx, s, folder, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *checkout) submodule(ctx context.Context, s git.Submodule, folder string, depth int) error {
	s.Path = path.Join(folder, s.Path)
	if s.Address == "" {
		c.r.warn("git.submodule_unknown", ".gitmodules", fmt.Sprintf("the folder %q is a submodule without an address, and is empty here", s.Path),
			"add it with git submodule add, or git rm --cached it and commit its files")
		return nil
	}
	if c.modules++; c.modules > maxSubmodules || depth > maxSubmoduleDepth {
		return slot.E(slot.KindFailed, "", fmt.Errorf("cannot fetch the submodule %q: there are more than %d, or more than %d inside each other",
			s.Path, maxSubmodules, maxSubmoduleDepth))
	}
	return c.r.job.part(slot.StepFetch, s.Path, fmt.Sprintf("submodule %s %.7s", s.Path, s.Commit), func() error {
		return c.write(ctx, s.Address, s.Path, depth, func(mirror string) (string, error) {
			return s.Commit, c.r.lane.e.Git.FetchSubmodule(ctx, s, mirror)
		})
	})
}

// export writes one commit's own files. A mirror that lost some is fetched
// afresh, once.
func (c *checkout) export(ctx context.Context, address, mirror, hash, folder string) error {
	g := c.r.lane.e.Git
	err := g.Export(ctx, mirror, hash, c.tree, folder)
	if git.Unreadable(err) {
		c.r.lane.e.Log.Warn("a mirror is damaged; fetching it afresh", slot.KeySlot, c.r.lane.name, slot.KeyPath, mirror, slot.KeyError, err)
		if err = git.Empty(c.tree, folder); err == nil {
			err = g.Renew(ctx, address, mirror, hash)
		}
		if err == nil {
			err = g.Export(ctx, mirror, hash, c.tree, folder)
		}
	}
	if err != nil {
		return err
	}
	pointers, err := git.Pointers(c.tree, folder)
	if err != nil || len(pointers) == 0 {
		return err
	}
	if g.LFS() {
		return c.r.job.part(slot.StepFetch, path.Join(folder, "lfs"), fmt.Sprintf("Git LFS: %d files", len(pointers)), func() error {
			return g.ExportLFS(ctx, address, mirror, hash, c.tree, folder, pointers)
		})
	}
	for _, p := range pointers {
		c.bare = append(c.bare, path.Join(folder, p.Path))
	}
	return nil
}

// tellPointers warns of files that only stand for others.
func (r *run) tellPointers(files []string) {
	if len(files) == 0 {
		return
	}
	hint := "install git-lfs, for example with apt-get install git-lfs, then slot deploy " + string(r.lane.name)
	if r.release.Source.Local {
		hint = "git lfs pull in that folder, then slot deploy " + string(r.lane.name)
	} else if r.lane.e.Git.LFSInstalled() {
		hint = "it was turned off by GIT_LFS_SKIP_SMUDGE where slot up ran"
	}
	r.warn("git.lfs", files[0], fmt.Sprintf("%d files are in Git LFS, and only their pointers are here: %s", len(files), few(files, 5)), hint)
}

// tellEmpty warns of submodules of a folder that are not checked out.
func (r *run) tellEmpty(modules []string) {
	if len(modules) > 0 {
		r.warn("git.submodules", ".gitmodules", "the folder has submodules that are not checked out: "+few(modules, 5),
			"git submodule update --init --recursive in that folder, then slot deploy "+string(r.lane.name))
	}
}

func (r *run) warn(code, file, summary, hint string) {
	r.job.diagnose(slot.Diagnostic{Severity: slot.SeverityWarning, Code: code, Summary: summary, Hint: hint, File: file})
}

// few lists the first n names for a line.
func few(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:n], ", ") + fmt.Sprintf(" and %d more", len(names)-n)
}
