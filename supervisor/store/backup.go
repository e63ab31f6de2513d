package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const (
	// keptBackups is how many versions before the present one are kept.
	keptBackups = 20
	// backupStamp makes the names sort by time.
	backupStamp = "20060102T150405.000000Z"
)

var backupName = lazyregexp.New(`^slots-(\d{8}T\d{6}\.\d{6}Z)\.json$`)

// Backups returns the names of the earlier versions of slots.json, newest
// first. A name holds the UTC time at which its version was replaced.
func (s *Store) Backups() []string {
	entries, _ := os.ReadDir(s.layout.Backups())
	var names []string
	for _, e := range entries {
		if backupName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	slices.Reverse(names)
	return names
}

// RestoreConfig puts the backup of that name in force, "" meaning the newest
// one that is good. What stands in slots.json, broken or not, goes to the
// backups first. The error has slot.KindNotFound when there is no such backup.
func (s *Store) RestoreConfig(name string) error {
	return s.write(func() error {
		data, err := s.backup(name)
		if err != nil {
			return err
		}
		present, _, err := s.present()
		if err != nil {
			return err
		}
		return s.putInForce(present, data)
	})
}

func (s *Store) backup(name string) ([]byte, error) {
	missing := func(what string) error {
		return slot.E(slot.KindNotFound, "slot config backups", fmt.Errorf("cannot restore the configuration: %s", what))
	}
	if name == "" {
		data, _, ok := s.newestBackup()
		if !ok {
			return nil, missing("there is no good backup")
		}
		return data, nil
	}
	if !slices.Contains(s.Backups(), name) {
		return nil, missing(fmt.Sprintf("there is no backup %q", name))
	}
	path := filepath.Join(s.layout.Backups(), name)
	data, _, err := readRegular(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	_, err = parseConfig(path, data)
	return data, err
}

// newestBackup returns the newest backup that can be in force.
func (s *Store) newestBackup() ([]byte, slot.Config, bool) {
	for _, name := range s.Backups() {
		if data, c, ok := readGood(filepath.Join(s.layout.Backups(), name)); ok {
			return data, c, true
		}
	}
	return nil, slot.Config{}, false
}

// readGood reads a configuration that can be in force.
func readGood(path string) ([]byte, slot.Config, bool) {
	data, _, err := readRegular(path)
	if err != nil {
		return nil, slot.Config{}, false
	}
	c, err := parseConfig(path, data)
	return data, c, err == nil
}

// keepGood keeps a copy of what is in force, for a daemon that finds slots.json
// broken before this one has seen it. Where it cannot be written the newest
// backup stands in.
func (s *Store) keepGood() {
	path := s.layout.LastGood()
	if there, _, err := readRegular(path); err == nil && bytes.Equal(there, s.file.good) {
		return
	}
	_ = writeFile(path, s.file.good)
}

// LastGoodConfig returns the configuration that a store opened now would have
// in force, without opening one: slots.json, else the newest good backup, else
// the default.
func LastGoodConfig(l Layout) slot.Config {
	if c, err := ReadConfig(l.Config()); err == nil {
		return c
	}
	if _, c, ok := readGood(l.LastGood()); ok {
		return c
	}
	s := &Store{layout: l}
	if _, c, ok := s.newestBackup(); ok {
		return c
	}
	return slot.NewConfig()
}

// backUp keeps data as the newest backup, unless it was the last to be kept.
func (s *Store) backUp(data []byte) error {
	if bytes.Equal(data, s.file.saved) {
		return nil
	}
	at := time.Now().UTC()
	names := s.Backups()
	if len(names) > 0 {
		// A clock that was set back must not make this one look older.
		last, err := time.Parse(backupStamp, backupName.FindStringSubmatch(names[0])[1])
		if err == nil && !at.After(last.Add(time.Microsecond)) {
			at = last.Add(time.Microsecond)
		}
	}
	name := "slots-" + at.Format(backupStamp) + ".json"
	if err := writeFile(filepath.Join(s.layout.Backups(), name), data); err != nil {
		return err
	}
	s.file.saved = data
	for _, old := range names[min(len(names), keptBackups-1):] {
		if err := os.Remove(filepath.Join(s.layout.Backups(), old)); err != nil {
			return writeError(filepath.Join(s.layout.Backups(), old), err)
		}
	}
	return nil
}
