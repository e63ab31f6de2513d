package commands

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

// lowSpace is when a build may run out of room: node_modules of one app often
// take several hundred megabytes, and five releases are kept. So do lowFiles:
// each of their files takes an inode.
const (
	lowSpace = 2 << 30
	lowFiles = 50_000
)

// checkDisk looks at the room for builds, and for the databases where these
// have a disk of their own.
func checkDisk(ctx context.Context, w *World, s settings.Settings) []finding {
	seen := []finding{roomOf("disk", s.Home)}
	if device(s.Data) != device(s.Home) {
		seen = append(seen, roomOf("disk-data", s.Data))
	}
	if seen[0].State == healthy {
		return seen
	}
	seen[0].Remedy = "free some, for example with: slot config set SLOT.deployment.keep=2"
	if c, err := w.dial(s.Home); err == nil {
		if bytes, err := idle(ctx, c); err == nil && bytes > 0 {
			seen[0].Remedy = fmt.Sprintf("slot cache clear --all frees %s; later builds are slower", size(bytes))
			seen[0] = seen[0].mendable(clearCaches(c))
		}
	}
	return seen
}

// idle is the size of the caches that no build uses.
func idle(ctx context.Context, c *api.Client) (bytes int64, err error) {
	all, err := c.Caches(ctx)
	for _, one := range all {
		if !one.InUse {
			bytes += one.Bytes
		}
	}
	return bytes, err
}

func clearCaches(c *api.Client) fixer {
	return func(ctx context.Context, _ *World) (string, error) {
		gone, err := c.ClearCaches(ctx, api.CacheClear{Slots: slot.Names(), Shared: true})
		var bytes int64
		for _, one := range gone {
			bytes += one.Bytes
		}
		return fmt.Sprintf("removed %d caches of builds, %s", len(gone), size(bytes)), err
	}
}

// roomOf is what is left on a folder's disk, in bytes and in files.
func roomOf(check, dir string) finding {
	var st unix.Statfs_t
	if err := unix.Statfs(existingDir(dir), &st); err != nil {
		return newFinding(check, warning, fmt.Sprintf("cannot tell what is left for %s: %v", dir, err), "df -h "+dir)
	}
	free := int64(st.Bavail) * st.Bsize
	f := newFinding(check, healthy, fmt.Sprintf("%s left for %s", size(free), dir), "")
	switch {
	case free < lowSpace:
		f.State, f.Remedy = warning, "free some: df -h "+dir
	case st.Files > 0 && st.Ffree < lowFiles: // 0: the file system has no such bound
		f.State, f.Remedy = warning, "remove folders with many files: df -i "+dir
		f.Text = fmt.Sprintf("no more than %d files can be made on the disk of %s", st.Ffree, dir)
	}
	return f
}

// device tells disks apart; 0 where that is not known.
func device(dir string) uint64 {
	var st unix.Stat_t
	if unix.Stat(existingDir(dir), &st) != nil {
		return 0
	}
	return uint64(st.Dev)
}
