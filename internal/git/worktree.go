package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Tree is what CopyTree found in a folder.
type Tree struct {
	Commit          // that is checked out; an empty Hash outside a checkout
	Dirty  bool     // files differ from it
	Empty  []string // submodules that are not checked out, with slashes
}

// CopyTree copies the working tree of the folder src into the empty folder
// dst: in a git checkout what git tracks and what it does not ignore, in
// submodules too, elsewhere everything but node_modules. Files below leave are
// not copied: slot's own state, which may lie in the folder.
func (g *Git) CopyTree(ctx context.Context, src, dst, leave string) (t Tree, err error) {
	if fi, err := os.Stat(src); err != nil || !fi.IsDir() {
		return t, slot.E(slot.KindUsage, "give a folder, or an address such as https://github.com/you/app",
			fmt.Errorf("cannot deploy %q: it is not a folder", src))
	}
	files, inGit, err := g.files(ctx, src)
	if err != nil {
		return t, err
	}
	if inGit {
		if files, t.Empty, err = g.withSubmodules(ctx, src, files); err != nil {
			return t, err
		}
	}
	if rel, err := filepath.Rel(src, leave); err == nil && filepath.IsLocal(rel) {
		if rel == "." {
			return t, slot.E(slot.KindUsage, "", fmt.Errorf("cannot deploy %q: it holds slot's own state", src))
		}
		files = slices.DeleteFunc(files, func(name string) bool { return strings.HasPrefix(name, rel+"/") })
	}
	if err := copyFiles(ctx, src, dst, files); err != nil {
		return t, fmt.Errorf("cannot copy %s: %w", src, err)
	}
	if !inGit {
		return t, nil
	}
	if t.Commit, err = g.commit(ctx, src, "HEAD"); err != nil {
		t.Commit, t.Dirty = Commit{}, true
		return t, ctx.Err() // a checkout without a commit
	}
	if b, err := g.run(ctx, src, "", "symbolic-ref", "--quiet", "--short", "HEAD"); err == nil {
		t.Branch = strings.TrimSpace(b)
	}
	changed, err := g.run(ctx, src, "", "status", "--porcelain", "--", ".")
	if err != nil {
		return t, fmt.Errorf("cannot compare %s with its commit: %w", src, err)
	}
	t.Dirty = changed != ""
	return t, nil
}

// withSubmodules puts the files of submodules in the place of their folders.
func (g *Git) withSubmodules(ctx context.Context, src string, files []string) (all, empty []string, err error) {
	for _, name := range files {
		dir := filepath.Join(src, name)
		fi, err := os.Lstat(dir)
		if err != nil || !fi.IsDir() || strings.HasSuffix(name, "/") { // such a one is untracked, a repository of its own
			all = append(all, name)
			continue
		}
		if !exists(filepath.Join(dir, ".git")) {
			empty = append(empty, filepath.ToSlash(name))
			continue
		}
		inside, _, err := g.files(ctx, dir)
		if err != nil {
			return nil, nil, err
		}
		inside, none, err := g.withSubmodules(ctx, dir, inside)
		if err != nil {
			return nil, nil, err
		}
		for _, file := range inside {
			all = append(all, filepath.Join(name, file))
		}
		for _, module := range none {
			empty = append(empty, filepath.ToSlash(name)+"/"+module)
		}
	}
	return all, empty, nil
}

// files lists what to copy, relative to src.
func (g *Git) files(ctx context.Context, src string) (files []string, inGit bool, err error) {
	out, err := g.run(ctx, src, "", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	if err == nil && out != "" {
		// In a merge with conflicts a file stands there once for each side.
		return slices.Compact(strings.Split(strings.TrimRight(out, "\x00"), "\x00")), true, nil
	}
	err = filepath.WalkDir(src, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); p != src && (n == "node_modules" || n == ".git") {
				return fs.SkipDir
			}
			return ctx.Err()
		}
		rel, err := filepath.Rel(src, p)
		files = append(files, rel)
		return err
	})
	return files, false, err
}

func copyFiles(ctx context.Context, src, dst string, files []string) error {
	to, err := os.OpenRoot(dst)
	if err != nil {
		return err
	}
	defer to.Close()
	for _, name := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if dir := filepath.Dir(name); dir != "." {
			if err := to.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		if err := copyFile(filepath.Join(src, name), to, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err // a tracked file that was deleted is simply not there
		}
	}
	return nil
}

func copyFile(from string, to *os.Root, name string) error {
	fi, err := os.Lstat(from)
	if err != nil {
		return err
	}
	switch {
	case fi.Mode()&fs.ModeSymlink != 0:
		link, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return to.Symlink(link, name)
	case !fi.Mode().IsRegular():
		return nil // sockets, devices, repositories that git does not track
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return writeFile(to, name, in, fi.Mode())
}
