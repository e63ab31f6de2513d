package commands

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/supervisor/store"
)

// checkRights looks whether others on this machine may read what is secret.
func checkRights(_ context.Context, _ *World, s settings.Settings) (seen []finding) {
	lay := store.Layout{Home: s.Home}
	for path, want := range map[string]fs.FileMode{lay.Secrets(): 0o600, lay.Run(): 0o700} {
		mode, mine := modeOf(path)
		if !mine || mode&^want == 0 {
			continue
		}
		f := newFinding("rights", warning, fmt.Sprintf("others may open %s (mode %#o)", path, mode), fmt.Sprintf("chmod %o %s", want, path))
		seen = append(seen, f.mendable(chmod(path, want)))
	}
	return seen
}

// modeOf returns the rights of a file, and whether it is there and the user's
// own.
func modeOf(path string) (mode fs.FileMode, mine bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	sys, ok := info.Sys().(*syscall.Stat_t)
	return info.Mode().Perm(), ok && int(sys.Uid) == os.Geteuid()
}

// writableByOthers tells the one refusal of a state folder that its owner can
// take back.
func writableByOthers(home string) bool {
	info, err := os.Stat(home)
	mode, mine := modeOf(home)
	return err == nil && info.IsDir() && mine && mode&0o022 != 0
}

func chmod(path string, mode fs.FileMode) fixer {
	return func(context.Context, *World) (string, error) {
		return fmt.Sprintf("chmod %o %s", mode, path), os.Chmod(path, mode)
	}
}
