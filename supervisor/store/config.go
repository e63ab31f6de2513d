package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// configFile is what the store knows of slots.json.
type configFile struct {
	good  []byte // the bytes of the configuration in force; nil for the default
	saved []byte // the bytes that were backed up last
	stamp stamp  // of the file when it was last read
}

// stamp tells a changed file from an unchanged one. The zero stamp equals no
// file's.
type stamp struct {
	inode         uint64
	size          int64
	mtime, change time.Time
}

// settled is how old a change must be before the stamp is trusted: a second
// change within one tick of the file system's clock would show the same time.
const settled = 100 * time.Millisecond

// Config returns a copy of the configuration in force: the last one that was
// good. All five slots stand in it.
func (s *Store) Config() slot.Config {
	s.memory.RLock()
	defer s.memory.RUnlock()
	return copied(s.config)
}

// ConfigError returns why slots.json as it stands on disk is not in force,
// with file and line; nil when it is.
func (s *Store) ConfigError() error {
	s.memory.RLock()
	defer s.memory.RUnlock()
	return s.configErr
}

// Reload reads slots.json again if it was changed. A broken file leaves the
// last good configuration in force; the error is also kept for ConfigError.
func (s *Store) Reload() error {
	return s.write(s.reload)
}

// UpdateConfig changes the configuration: change gets a copy of the one on
// disk and must not call the Store. The version before goes to the backups.
// Nothing is written when change changes nothing, returns an error, or leaves
// an invalid configuration. A broken slots.json is never overwritten: the
// change is refused with the file's error.
func (s *Store) UpdateConfig(change func(*slot.Config) error) error {
	return s.write(func() error {
		if err := s.reload(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			e := slot.AsError(err)
			return slot.E(e.Kind, e.Hint, fmt.Errorf("cannot change the configuration: %w", err))
		}
		next := s.Config()
		if err := change(&next); err != nil {
			return err
		}
		if err := next.Validate(); err != nil {
			return err
		}
		complete(&next)
		before, err := encode(s.Config())
		if err != nil {
			return err
		}
		data, err := encode(next)
		if err != nil {
			return err
		}
		if bytes.Equal(before, data) && s.ConfigError() == nil {
			return nil
		}
		return s.replaceConfig(data)
	})
}

func (s *Store) replaceConfig(data []byte) error {
	if err := s.backUp(s.file.good); err != nil {
		return err
	}
	if err := writeFile(s.layout.Config(), data); err != nil {
		return err
	}
	return s.reload()
}

// loadConfig reads slots.json for the first time.
func (s *Store) loadConfig() error {
	s.config = slot.NewConfig()
	if saved, c, ok := s.newestBackup(); ok {
		s.file.good, s.file.saved, s.config = saved, saved, c
	}
	if good, c, ok := readGood(s.layout.LastGood()); ok {
		s.file.good, s.config = good, c
	}
	s.reload() // its error is kept for ConfigError: the daemon starts anyway
	return nil
}

func (s *Store) reload() error {
	path := s.layout.Config()
	if info, err := os.Stat(path); err == nil && stampOf(info) == s.file.stamp {
		return s.ConfigError()
	}
	data, info, err := readRegular(path)
	s.file.stamp = stamp{}
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.file.good == nil:
		return s.inForce(nil)
	case errors.Is(err, fs.ErrNotExist):
		return errors.Join(s.inForce(slot.E(slot.KindUsage, "take it back from a backup: slot config restore",
			fmt.Errorf("cannot read %s: %w", path, fs.ErrNotExist))), s.backUp(s.file.good))
	case err != nil:
		return s.inForce(unreadable(path, err))
	}
	if time.Since(info.ModTime()) > settled {
		s.file.stamp = stampOf(info)
	}
	if bytes.Equal(data, s.file.good) {
		s.keepGood()
		return s.inForce(nil)
	}
	c, err := parseConfig(path, data)
	// What was in force is no longer on disk: should this file be broken, the
	// next daemon finds it in the backups.
	backUp := s.backUp(s.file.good)
	if err != nil {
		return errors.Join(s.inForce(err), backUp)
	}
	s.file.good = data
	s.remember(func() { s.config = c })
	s.keepGood()
	return errors.Join(s.inForce(nil), backUp)
}

// inForce remembers whether the file on disk is in force, and returns err.
func (s *Store) inForce(err error) error {
	s.remember(func() { s.configErr = err })
	return err
}

func stampOf(info os.FileInfo) stamp {
	st := info.Sys().(*syscall.Stat_t)
	return stamp{st.Ino, info.Size(), info.ModTime(), time.Unix(st.Ctim.Unix())}
}
