package git

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Tidy lets git pack a mirror that many fetches have scattered, and removes
// what came from Git LFS and was not used in the time before used. It uses one
// core and little memory: something else may be building. Nobody else may use
// the mirror; a ctx that ends leaves it whole.
func (g *Git) Tidy(ctx context.Context, mirror string, used time.Time) error {
	_, err := g.mirror(ctx, mirror, "", "-c", "gc.auto=2000", "-c", "gc.autoPackLimit=20", "-c", "gc.autoDetach=false",
		"-c", "pack.threads=1", "-c", "pack.windowMemory=64m", "gc", "--auto", "--quiet")
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("cannot pack the mirror %s: %w", mirror, err)
	}
	objects := filepath.Join(mirror, "lfs", "objects")
	if !exists(objects) {
		return nil
	}
	return filepath.WalkDir(objects, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if info, err := d.Info(); err != nil || !info.ModTime().Before(used) {
			return err
		}
		return os.Remove(path)
	})
}
