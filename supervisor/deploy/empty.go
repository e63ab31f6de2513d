package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/slot-paas/slot/slot"
)

// Empty stops the slot and makes it as if nothing was ever deployed there: no
// releases, nothing that the app kept or its builds cached, no database of its
// own. Its configuration, its history and its logs stay. For previews, whose
// slot goes to somebody else's code next: an error says that something of the
// last one may still be there.
func (e *Engine) Empty(ctx context.Context, n slot.Name) error {
	n, err := slot.ParseName(string(n))
	if err != nil {
		return err
	}
	if err := e.lanes[n].end(ctx, stop{empty: true, done: make(chan error, 1)}); err != nil {
		return err
	}
	if _, err := e.Hooks.ClearCaches(ctx, []slot.Name{n}, false); err != nil {
		return fmt.Errorf("cannot clear the caches of slot %s: %w", n, err)
	}
	if e.Database == nil {
		return nil
	}
	return e.Database.Discard(ctx, n)
}

// empty removes what was deployed, once nothing runs. The state goes first: a
// slot that a killed daemon left half emptied is an empty one.
func (l *lane) empty() error {
	e := l.e
	errs := []error{e.Store.UpdateState(l.name, func(s *slot.SlotState) error {
		s.Desired, s.Release = slot.DesiredEmpty, 0
		return nil
	})}
	for _, rel := range e.Store.Releases(l.name) {
		errs = append(errs, e.Store.DeleteRelease(l.name, rel.ID))
	}
	errs = append(errs, l.sweepArtefacts())
	lay := e.Store.Layout()
	for _, dir := range []string{lay.Storage(l.name), lay.SlotTmp(l.name)} {
		entries, _ := os.ReadDir(dir) // the folder of temporary files may not be there
		for _, entry := range entries {
			errs = append(errs, removeTree(filepath.Join(dir, entry.Name())))
		}
	}
	l.page(slot.StateEmpty)
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("cannot empty slot %s: %w", l.name, err)
	}
	return nil
}

// removeTree removes what an app left, also in folders that it made read-only.
func removeTree(path string) error {
	err := os.RemoveAll(path)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	_ = filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error { // RemoveAll tells what is left
		if d != nil && d.IsDir() && err == nil {
			return os.Chmod(at, 0o700)
		}
		return nil
	})
	return os.RemoveAll(path)
}
