package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/slot-paas/slot/internal/kept"
	"github.com/slot-paas/slot/slot"
)

// TrimCaches brings the caches that were used since the last call below their
// limits: in a slot's the kept folders go that were not used for longest, then
// all the hook's own; a shared one goes as a whole. One that a build uses is
// left for the next call.
func (h *Host) TrimCaches(ctx context.Context) error {
	failed := h.emptyOld()
	for _, dir := range h.caches.used() {
		c, err := h.measure(ctx, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && c.Bytes > c.Limit {
			err = h.trim(ctx, dir, c)
		}
		if err != nil {
			h.caches.again(dir)
			failed = errors.Join(failed, fmt.Errorf("cannot bound the cache %s: %w", dir, err))
		}
	}
	return failed
}

func (h *Host) trim(ctx context.Context, dir string, c slot.Cache) error {
	var doomed []string
	left := c.Bytes
	if c.Slot != "" {
		entries, err := kept.Entries(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if left <= c.Limit {
				break
			}
			n, err := diskUse(ctx, e.Dir)
			if err != nil {
				return err
			}
			doomed, left = append(doomed, e.Dir), left-n
		}
	}
	if left > c.Limit {
		doomed = []string{dir}
	}
	b, err := h.newBin()
	if err != nil {
		return err
	}
	alone, err := h.caches.alone(dir, func() error { return b.discard(doomed...) })
	err = errors.Join(err, b.empty())
	if !alone {
		h.caches.again(dir)
		return err
	}
	if err == nil {
		h.options.Log.Info("a cache was above its limit", slot.KeySlot, c.Slot, slot.KeyPath, dir, "bytes", c.Bytes, "limit", c.Limit)
	}
	return err
}

// ClearCaches removes the caches of the slots and, with shared, those that all
// share, and says what they were. It refuses, and removes none, while a build
// uses one of them.
func (h *Host) ClearCaches(ctx context.Context, names []slot.Name, shared bool) ([]slot.Cache, error) {
	all, err := h.Caches(ctx)
	if err != nil {
		return nil, err
	}
	gone := []slot.Cache{}
	for _, c := range all {
		if wanted := slices.Contains(names, c.Slot) || c.Slot == "" && shared; !wanted {
			continue
		}
		if c.InUse {
			return nil, cacheBusy(c)
		}
		gone = append(gone, c)
	}
	b, err := h.newBin()
	if err != nil {
		return nil, err
	}
	for _, c := range gone {
		dir := h.sharedCache(c.Hook)
		if c.Slot != "" {
			dir = h.slotCache(c.Slot, c.Hook)
		}
		alone, err := h.caches.alone(dir, func() error { return b.discard(dir) })
		if err == nil && !alone {
			err = cacheBusy(c)
		}
		if err != nil {
			return nil, errors.Join(err, b.empty())
		}
	}
	return gone, b.empty()
}

func cacheBusy(c slot.Cache) error {
	of := "slot " + string(c.Slot)
	if c.Slot == "" {
		of = "all slots"
	}
	return slot.E(slot.KindFailed, "wait for the build; slot status shows it", fmt.Errorf("cannot clear the cache of %s: a build with hook %s uses it", of, c.Hook))
}

// bin is where one call puts what it discards, so that a build waits for a
// rename and not for a removal.
type bin struct {
	dir string
	n   int
}

// trash is the folder of the bins.
func (h *Host) trash() string { return filepath.Join(h.options.CacheDir, "trash") }

func (h *Host) newBin() (*bin, error) {
	if err := os.MkdirAll(h.trash(), 0o700); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(h.trash(), "")
	return &bin{dir: dir}, err
}

func (b *bin) discard(dirs ...string) error {
	for _, dir := range dirs {
		b.n++
		if err := os.Rename(dir, filepath.Join(b.dir, strconv.Itoa(b.n))); err != nil {
			return err
		}
	}
	return nil
}

// empty removes what was discarded. Some package managers write-protect the
// folders of their stores.
func (b *bin) empty() error {
	err := os.RemoveAll(b.dir)
	if errors.Is(err, fs.ErrPermission) {
		_ = filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				_ = os.Chmod(path, 0o700) // before it is read; RemoveAll tells what this could not mend
			}
			return nil
		})
		err = os.RemoveAll(b.dir)
	}
	if err != nil {
		return fmt.Errorf("cannot remove an old cache: %w", err)
	}
	return nil
}

// emptyOld removes bins whose owner was killed.
func (h *Host) emptyOld() error {
	entries, err := os.ReadDir(h.trash())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if info, statErr := e.Info(); statErr == nil && time.Since(info.ModTime()) > time.Hour {
			old := &bin{dir: filepath.Join(h.trash(), e.Name())}
			err = errors.Join(err, old.empty())
		}
	}
	return err
}
