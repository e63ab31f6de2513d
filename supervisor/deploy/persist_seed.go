package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/slot-paas/slot/internal/kept"
	"github.com/slot-paas/slot/slot"
)

// companions are the ends of the names that SQLite gives the files beside a
// database (https://sqlite.org/tempfiles.html).
var companions = []string{"-wal", "-shm", "-journal"}

// settle brings the path into the storage, if the storage has none yet, and
// links it.
//
// What an app wrote is moved, not copied: a process that runs has its files
// open, and goes on with the very same ones through the link in the old place.
func (k keptPath) settle(r *run) error {
	if err := os.MkdirAll(filepath.Dir(k.there()), 0o755); err != nil {
		return err
	}
	own, live := r.dataAt(k, r.release), keptPath{}
	if rel, err := r.lane.e.Store.Release(r.lane.name, r.lane.e.Store.State(r.lane.name).Release); err == nil && rel.Artefact != r.release.Artefact {
		live = k
		live.app, live.aside = r.lane.e.appDir(rel), filepath.Join(r.lane.e.Store.Layout().Artefact(rel.Slot, rel.Artefact), asideName)
		if !r.dataAt(live, rel) || plainWay(live.app, k.rel) != nil {
			live = keptPath{}
		}
	}
	switch {
	case exists(k.there()):
		if own {
			r.tellAside(k)
		}
		return k.link()
	case own:
		if err := k.move(); err != nil {
			return err
		}
		if live.app != "" { // both have written: the other's files come to those
			left, err := fillIn(live.here(), k.there())
			if err != nil {
				return err
			}
			r.tellLeft(live, left)
		}
	case live.app != "":
		if err := live.move(); err != nil {
			return err
		}
		if _, err := fillIn(k.here(), k.there()); err != nil { // what is new in the repository
			return err
		}
		if err := live.link(); err != nil {
			return err
		}
	default:
		if err := k.begin(); err != nil {
			return err
		}
	}
	return k.link()
}

// dataAt reports whether the release's app wrote at the path. Of one without a
// seal nobody knows: what is there may be data.
func (r *run) dataAt(k keptPath, rel slot.Release) bool {
	info, err := os.Lstat(k.here())
	if err != nil || info.Mode()&fs.ModeSymlink != 0 {
		return false
	}
	artefact := r.lane.e.Store.Layout().Artefact(rel.Slot, rel.Artefact)
	started, ok := readSeal(artefact, startedSeal)
	if !ok {
		return !r.brings() || rel.Artefact != r.release.Artefact // else it never ran yet
	}
	files, err := started.writtenBelow(filepath.Join(artefact, "src"), filepath.Join(rel.Source.Root, k.rel))
	return err != nil || len(files) > 0
}

// move brings what is here to the storage, as the very files they are.
func (k keptPath) move() error {
	for _, end := range companions {
		if from := k.here() + end; exists(from) {
			if err := rename(from, k.there()+end); err != nil {
				return err
			}
		}
	}
	return rename(k.here(), k.there())
}

// begin makes a path that no app has written to: with the build's own files,
// or empty. A file of which nobody knows the content is left to the app: its
// link leads to where it will be.
func (k keptPath) begin() error {
	if info, err := os.Lstat(k.here()); err == nil && info.Mode()&fs.ModeSymlink == 0 { // not the link of an earlier start
		return copyWhole(k.here(), k.there())
	}
	if k.folder || !strings.Contains(strings.TrimPrefix(filepath.Base(k.rel), "."), ".") {
		return os.MkdirAll(k.there(), 0o755)
	}
	return nil
}

// fillIn copies those files of a folder that another has not, and returns the
// others. A file is one with what SQLite keeps beside it: of two databases'
// pages nobody makes one.
func fillIn(from, to string) (left []string, err error) {
	info, err := os.Lstat(from)
	if err != nil {
		return nil, nil
	}
	if !info.IsDir() {
		return []string{from}, nil
	}
	err = filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil || rel == "." {
			return err
		}
		there := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(there, 0o755)
		case exists(there):
			left = append(left, p)
			return nil
		case slices.Contains(left, database(p)):
			return nil
		}
		return copyWhole(p, there)
	})
	return left, err
}

// copyWhole copies a file or folder; what is there then is whole.
func copyWhole(from, to string) error {
	partial, err := os.MkdirTemp(filepath.Dir(to), ".slot-copy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(partial)
	inner := filepath.Join(partial, "x")
	if err := kept.Copy(context.Background(), from, inner, kept.CopyOptions{}); err != nil {
		return err
	}
	return os.Rename(inner, to)
}

// rename is os.Rename that also goes to another file system, by copying.
func rename(from, to string) error {
	err := os.Rename(from, to)
	if errors.Is(err, syscall.EXDEV) {
		return cmp.Or(copyWhole(from, to), os.RemoveAll(from))
	}
	return err
}

// tellLeft says which files of the live release were not taken over, because
// the release that is started has some of the same names.
func (r *run) tellLeft(live keptPath, left []string) {
	if len(left) == 0 {
		return
	}
	for i := range left {
		left[i] = strings.TrimPrefix(left[i], live.app+"/")
	}
	r.job.diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "persist.left",
		Summary: fmt.Sprintf("both releases wrote %s; those of release %d are kept", some(left), r.release.ID),
		Hint:    "the others are in " + live.app + " until that release is pruned",
	})
}

// tellAside says where data of a release is that the storage's took the place of.
func (r *run) tellAside(k keptPath) {
	r.job.diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "persist.aside",
		Summary: fmt.Sprintf("%s of release %d was written before the path was kept; the storage's is used", k.rel, r.release.ID),
		Hint:    "it lies in " + filepath.Join(k.aside, k.rel) + " until the release is pruned",
	})
}
