package hooks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Lend makes files of the folder from, such as the user's own settings of a
// tool, stand in the folder to as well: as links, so that no secret is copied
// and a change holds at once. A name that from does not have is removed from
// to. Safe for builds that do the same at the same time.
func Lend(from, to string, names ...string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range names {
		if err := lend(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return fmt.Errorf("cannot lend %s to the build: %w", filepath.Join(from, name), err)
		}
	}
	return nil
}

func lend(target, link string) error {
	if _, err := os.Stat(target); err != nil {
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return nil // what is no link is the tool's own
		}
		if err := os.Remove(link); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if now, err := os.Readlink(link); err == nil && now == target {
		return nil
	}
	fresh := fmt.Sprintf("%s.%d", link, os.Getpid())
	if err := os.Symlink(target, fresh); err != nil {
		return err
	}
	return os.Rename(fresh, link)
}
