package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/slot-paas/slot/slot"
)

func (h *Host) slotCache(n slot.Name, hook string) string {
	return filepath.Join(h.options.CacheDir, "slots", string(n), hook)
}

func (h *Host) sharedCache(hook string) string {
	return filepath.Join(h.options.CacheDir, "shared", hook)
}

// Caches measures every cache, which reads every name in them.
func (h *Host) Caches(ctx context.Context) ([]slot.Cache, error) {
	all := []slot.Cache{}
	for _, n := range append(slot.Names(), "") {
		parent := filepath.Dir(h.slotCache(n, "x"))
		if n == "" {
			parent = filepath.Dir(h.sharedCache("x"))
		}
		entries, err := os.ReadDir(parent)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("cannot list the caches: %w", err)
		}
		for _, e := range entries {
			if !e.IsDir() {
				continue
			}
			c, err := h.measure(ctx, filepath.Join(parent, e.Name()))
			if err != nil {
				return nil, err
			}
			if c.Bytes > 0 || c.InUse {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

// measure describes one cache by its folder.
func (h *Host) measure(ctx context.Context, dir string) (slot.Cache, error) {
	c := slot.Cache{Hook: filepath.Base(dir), Limit: h.options.SharedCacheLimit, InUse: h.caches.inUse(dir)}
	if filepath.Dir(dir) != filepath.Dir(h.sharedCache("x")) {
		c.Slot, c.Limit = slot.Name(filepath.Base(filepath.Dir(dir))), h.options.CacheLimit
	}
	info, err := os.Stat(dir)
	if err != nil {
		return c, err
	}
	c.UsedAt = info.ModTime() // build sets it
	c.Bytes, err = diskUse(ctx, dir)
	return c, err
}

// diskUse is what the files below dir take on the disk, one with several names
// once.
func diskUse(ctx context.Context, dir string) (bytes int64, err error) {
	type file struct{ dev, ino uint64 }
	seen := map[file]bool{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil // a build is at work in it, or hides it
		}
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || d.IsDir() {
			return nil
		}
		s, ok := info.Sys().(*syscall.Stat_t)
		if !ok || s.Nlink > 1 && seen[file{uint64(s.Dev), s.Ino}] {
			return nil
		}
		if s.Nlink > 1 {
			seen[file{uint64(s.Dev), s.Ino}] = true
		}
		bytes += s.Blocks * 512
		return nil
	})
	return bytes, err
}
