package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/slot-paas/slot/slot"
)

// CheckHome refuses a home that someone else owns or could write to, because
// its files decide what runs and hold secrets. The error has
// slot.KindRefused. A home that does not exist yet is fine.
func CheckHome(home string) error {
	info, err := os.Stat(home)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return slot.E(slot.KindFailed, "", fmt.Errorf("cannot use %q as home: %w", home, cause(err)))
	}
	refuse := func(hint, why string) error {
		return slot.E(slot.KindRefused, hint, fmt.Errorf("cannot use %q as home: %s", home, why))
	}
	if !info.IsDir() {
		return refuse("set SLOT_HOME to a folder", "it is not a folder")
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; int(owner) != os.Geteuid() {
		return refuse("run slot as the owner, or set SLOT_HOME to a folder of your own",
			fmt.Sprintf("user %d owns it, not user %d", owner, os.Geteuid()))
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return refuse(fmt.Sprintf("chmod 700 %s", quoted(home)), fmt.Sprintf("others may write to it (mode %#o)", mode))
	}
	return nil
}

// makeHome makes the folders of the layout, for the owner only.
func makeHome(l Layout) error {
	if err := CheckHome(l.Home); err != nil {
		return err
	}
	for _, dir := range l.folders() {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return writeError(dir, err)
		}
	}
	// An existing home may be readable by others, or come from a wider umask.
	for _, dir := range []string{l.Home, l.Run()} {
		if err := os.Chmod(dir, 0o700); err != nil {
			return writeError(dir, err)
		}
	}
	return nil
}
