package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// maxConfig bounds slots.json in bytes: room for five slots with a hundred of
// the largest variables each is not needed, 16 MiB is.
const maxConfig = 16 << 20

// ReadConfig reads and checks the configuration at path. Errors name the
// file, the line and the column and have slot.KindUsage.
func ReadConfig(path string) (slot.Config, error) {
	data, _, err := readRegular(path)
	if err != nil {
		return slot.Config{}, unreadable(path, err)
	}
	return parseConfig(path, data)
}

// readRegular reads a file and the facts of that very file. Anything but a
// regular file is refused: a FIFO would hold up the daemon.
func readRegular(path string) ([]byte, os.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New("it is not a regular file")
	}
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(data) > maxConfig {
		err = fmt.Errorf("it is larger than %d MiB", maxConfig>>20)
	}
	return data, info, err
}

// parseConfig reads the bytes of the file at path, of this version or an older
// one that loses nothing. All five slots stand in the result.
func parseConfig(path string, data []byte) (slot.Config, error) {
	in, err := ParseImport(path, data)
	if err != nil {
		return slot.Config{}, err
	}
	if err := in.whole(path); err != nil {
		return slot.Config{}, err
	}
	complete(&in.Config)
	return in.Config, nil
}

// fieldOf matches the key path with which every error of Config.Validate
// begins.
var fieldOf = lazyregexp.New(`^[a-z_]+(\.[a-z_]+)*`)

// complete puts in the slots that the file leaves out.
func complete(c *slot.Config) {
	if c.Slots == nil {
		c.Slots = map[slot.Name]slot.SlotConfig{}
	}
	for _, n := range slot.Names() {
		if _, ok := c.Slots[n]; !ok {
			c.Slots[n] = slot.SlotConfig{}
		}
	}
}

func badConfig(path string, line, column int, reason error) error {
	hint := slot.AsError(reason).Hint
	if hint == "" {
		hint = "correct the file"
		if filepath.Base(path) == filepath.Base(Layout{}.Config()) {
			hint += ", or take back an earlier one: slot config restore"
		}
	}
	return slot.E(slot.KindUsage, hint, fmt.Errorf("cannot use %s:%d:%d: %w", path, line, column, reason))
}

func unreadable(path string, err error) error {
	return slot.E(slot.KindUsage, "", fmt.Errorf("cannot read %s: %w", path, cause(err)))
}
