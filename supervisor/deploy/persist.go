package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// persist makes the slot's kept paths links that lead from the release's
// folder into its storage: docs/decisions/0014-kept-data.md. What the release,
// or the one that is live, has there moves into the storage the first time.
func (r *run) persist(context.Context) (string, error) {
	if r.release.Plan.Static != nil && len(r.release.Plan.Processes) == 0 {
		return "nothing: a static site writes no files", nil // and no link leads out of one
	}
	if err := r.lane.folders(); err != nil {
		return "", err
	}
	paths, folder := r.cfg.Kept()
	for _, p := range paths {
		k := r.keptPath(p, folder[p])
		err := k.check(r.release.Plan)
		if err == nil {
			err = k.settle(r)
		}
		if err != nil {
			e := slot.AsError(err)
			return "", slot.E(e.Kind, e.Hint, fmt.Errorf("cannot keep %q: %w", p, err))
		}
	}
	return strings.Join(paths, ", "), nil
}

// keptPath is one path of a release that is kept.
type keptPath struct {
	rel     string // in the app's folder, clean
	folder  bool   // whatever its name looks like
	app     string // the folder of the release's app
	storage string // the slot's
	aside   string // where the release's own go that the storage's take the place of
}

func (r *run) keptPath(rel string, folder bool) keptPath {
	return keptPath{
		rel: rel, folder: folder,
		app: r.lane.e.appDir(r.release), storage: r.lane.storage(), aside: filepath.Join(r.artefact, asideName),
	}
}

// asideName is a folder beside an artefact's src.
const asideName = "aside"

func (l *lane) storage() string { return l.e.Store.Layout().Storage(l.name) }

func (k keptPath) here() string  { return filepath.Join(k.app, filepath.FromSlash(k.rel)) }
func (k keptPath) there() string { return filepath.Join(k.storage, filepath.FromSlash(k.rel)) }

// check refuses a path that the app is run from: kept, it would never change
// again. A folder on the way that is a link would lead the daemon elsewhere.
func (k keptPath) check(plan slot.LaunchPlan) error {
	for _, root := range []string{k.app, k.storage} {
		if err := plainWay(root, k.rel); err != nil {
			return err
		}
	}
	for _, dir := range plan.PathPrepend {
		if slot.Within(path.Clean(dir), k.rel) {
			return ownFile(path.Clean(dir))
		}
	}
	for _, p := range plan.Processes {
		dir := path.Clean(p.WorkingDir)
		if dir != "." && slot.Within(dir, k.rel) {
			return ownFile(dir)
		}
		for _, file := range namedFiles(p) {
			if file = path.Join(dir, file); slot.Within(file, k.rel) && exists(filepath.Join(k.app, file)) {
				return ownFile(file)
			}
		}
	}
	return nil
}

// namedFiles returns the relative paths that a command may mean with its words:
// server.js, and app/main.py with app.main:app.
func namedFiles(p slot.Process) []string {
	var files []string
	for _, w := range strings.Fields(p.Shell + " " + strings.Join(p.Argv, " ")) {
		w = strings.Trim(w, `"'`)
		if path.IsAbs(w) {
			continue
		}
		module, _, _ := strings.Cut(w, ":")
		files = append(files, w, strings.ReplaceAll(module, ".", "/")+".py")
	}
	return files
}

func ownFile(name string) error {
	return slot.E(slot.KindUsage, "persist is for what the app writes: give those paths alone",
		fmt.Errorf("the app is run from %q, which would then be the same in all releases", name))
}

// plainWay checks that the folders on the way from root to rel are folders, as
// far as they are there.
func plainWay(root, rel string) error {
	for dir := path.Dir(rel); dir != "."; dir = path.Dir(dir) {
		info, err := os.Lstat(filepath.Join(root, filepath.FromSlash(dir)))
		switch {
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, os.ErrNotExist):
		case err != nil:
			return err
		case !info.IsDir():
			return slot.E(slot.KindUsage, "keep that path instead, or one outside it", fmt.Errorf("%q is not a folder", dir))
		}
	}
	return nil
}

// link puts the link in the place of what is here, which goes aside. The link
// is relative, so that a copied state folder leads to its own storage.
func (k keptPath) link() error {
	here, there := k.here(), k.there()
	if err := os.MkdirAll(filepath.Dir(here), 0o755); err != nil {
		return err
	}
	target, err := filepath.Rel(filepath.Dir(here), there)
	if err != nil {
		return err
	}
	if now, err := os.Readlink(here); err == nil && now == target {
		return nil
	}
	if err := k.putAside(); err != nil {
		return err
	}
	// Renamed into place: a running app sees the one or the other.
	partial := filepath.Join(filepath.Dir(here), fmt.Sprintf(".%s.slot-link", filepath.Base(here)))
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(target, partial); err != nil {
		return err
	}
	return os.Rename(partial, here)
}

// putAside moves what is here out of the way: it may be data of an app.
func (k keptPath) putAside() error {
	here := k.here()
	info, err := os.Lstat(here)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return os.Remove(here)
	}
	to := filepath.Join(k.aside, filepath.FromSlash(k.rel))
	for n := 1; exists(to); n++ {
		to = filepath.Join(k.aside, fmt.Sprintf("%s.%d", filepath.FromSlash(k.rel), n))
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.Rename(here, to)
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
