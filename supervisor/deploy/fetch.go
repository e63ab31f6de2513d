package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/slot"
)

// fetch brings the files of the wanted commit into the release's folder and,
// now that they are known to be there, remembers the repository and branch
// that were asked for.
func (r *run) fetch(ctx context.Context) (string, error) {
	if err := git.Installed(); err != nil {
		return "", err
	}
	repo, err := slot.ParseRepository(r.job.req.Repository)
	if err != nil {
		return "", err
	}
	partial := r.artefact + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return "", err
	}
	tree := filepath.Join(partial, "src")
	if err := os.MkdirAll(tree, 0o755); err != nil {
		return "", err
	}
	r.release.Source = slot.Source{
		Repository: slot.RedactAddress(r.job.req.Repository), Branch: r.job.req.Branch, Root: r.cfg.Root,
	}
	if repo.Local {
		err = r.fetchFolder(ctx, repo.Address, tree)
	} else {
		err = r.fetchRemote(ctx, repo.Address, tree)
	}
	if err != nil {
		return describe(r.release.Source), err
	}
	if err := rootIsThere(tree, r.cfg.Root); err != nil {
		return "", err
	}
	r.tellWhatIsDropped()
	if err := os.RemoveAll(r.artefact); err != nil {
		return "", err
	}
	if err := os.Rename(partial, r.artefact); err != nil {
		return "", err
	}
	if err := r.remember(); err != nil {
		return "", err
	}
	r.job.update(func(d *slot.Deployment) { d.Source = r.release.Source })
	r.job.tell()
	return describe(r.release.Source), nil
}

func (r *run) fetchFolder(ctx context.Context, dir, tree string) error {
	if r.job.req.Branch != "" {
		// A branch of a local repository: its commits, not its working tree.
		r.release.Source.Branch = r.job.req.Branch
		return r.fetchRemote(ctx, dir, tree)
	}
	t, err := r.lane.e.Git.CopyTree(ctx, dir, tree, r.lane.e.Store.Layout().Home)
	if err != nil {
		return err
	}
	s := &r.release.Source
	s.Local, s.Dirty = true, t.Dirty
	s.Commit, s.Subject, s.Author, s.Branch = t.Hash, t.Subject, t.Author, t.Branch
	r.tellEmpty(t.Empty)
	pointers, err := git.Pointers(tree, "")
	if err != nil {
		return err
	}
	files := make([]string, len(pointers))
	for i, p := range pointers {
		files[i] = p.Path
	}
	r.tellPointers(files)
	return r.unlessUnchanged(func(from string) ([]string, error) {
		return r.lane.e.Git.ChangedIn(ctx, dir, from, t.Hash)
	})
}

// remember writes the repository and branch into the configuration where the
// request named others. What came from the configuration stays as it is there:
// a person may have changed it while the deployment waited.
func (r *run) remember() error {
	if !r.job.named {
		return nil
	}
	req, name := r.job.req, r.lane.name
	return r.lane.e.Store.UpdateConfig(func(c *slot.Config) error {
		s := c.Slots[name]
		s.Repository, s.Branch = req.Repository, req.Branch
		c.Slots[name] = s
		return nil
	})
}

func (r *run) undoFetch() {
	for _, dir := range []string{r.artefact + ".partial", r.artefact} {
		if err := os.RemoveAll(dir); err != nil {
			r.lane.e.Log.Warn("cannot remove a failed release", slot.KeySlot, r.lane.name, slot.KeyPath, dir, slot.KeyError, err)
		}
	}
}

// rootIsThere checks that the configured sub-directory exists.
func rootIsThere(tree, root string) error {
	if root == "" {
		return nil
	}
	dir, err := os.OpenRoot(tree)
	if err != nil {
		return err
	}
	defer dir.Close()
	fi, err := dir.Stat(filepath.FromSlash(root))
	if err == nil && fi.IsDir() {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot open root %q: %w", root, err)
	}
	var folders []string
	entries, _ := os.ReadDir(tree)
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			folders = append(folders, e.Name())
		}
	}
	slices.Sort(folders)
	return slot.E(slot.KindUsage, "slot config set SLOT.root=FOLDER; the folders at the top: "+strings.Join(folders[:min(len(folders), 10)], ", "),
		fmt.Errorf("cannot find the root folder %q in the repository", root))
}

// describe is a source on one line: 3f9c2e1 "Fix the header".
func describe(s slot.Source) string {
	var b strings.Builder
	if s.Commit == "" {
		return "folder " + s.Repository
	}
	b.WriteString(s.ShortCommit())
	if s.Subject != "" {
		fmt.Fprintf(&b, " %q", clip(s.Subject, 50))
	}
	if s.Dirty {
		b.WriteString(" with uncommitted changes")
	}
	return b.String()
}

// clip shortens s to n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
