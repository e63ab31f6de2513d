package store

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Release returns a copy of a kept release. The error has slot.KindNotFound
// and a hint with the numbers that are kept.
func (s *Store) Release(n slot.Name, id int) (slot.Release, error) {
	s.memory.RLock()
	defer s.memory.RUnlock()
	if r, ok := s.releases[n][id]; ok {
		return clone(r), nil
	}
	hint := "no release is kept"
	if len(s.releases[n]) > 0 {
		kept := fmt.Sprint(slices.Sorted(maps.Keys(s.releases[n])))
		hint = "kept: " + strings.ReplaceAll(strings.Trim(kept, "[]"), " ", ", ")
	}
	return slot.Release{}, slot.E(slot.KindNotFound, hint, fmt.Errorf("slot %s has no release %d", n, id))
}

// Releases returns copies of the slot's kept releases, oldest first.
func (s *Store) Releases(n slot.Name) []slot.Release {
	s.memory.RLock()
	defer s.memory.RUnlock()
	var all []slot.Release
	for _, id := range slices.Sorted(maps.Keys(s.releases[n])) {
		all = append(all, clone(s.releases[n][id]))
	}
	return all
}

// PutRelease keeps a release under its slot and its ID, which counts from 1.
func (s *Store) PutRelease(r slot.Release) error {
	if _, err := slot.ParseName(string(r.Slot)); err != nil {
		return err
	}
	if r.ID < 1 {
		return slot.E(slot.KindFailed, "", fmt.Errorf("cannot keep a release %d", r.ID))
	}
	return s.write(func() error {
		data, err := encode(r)
		if err != nil {
			return err
		}
		if err := writeFile(s.layout.Release(r.Slot, r.ID), data); err != nil {
			return err
		}
		kept := clone(r)
		s.remember(func() { s.releases[r.Slot][r.ID] = kept })
		return nil
	})
}

// DeleteRelease forgets a release. One that is not kept is no error. The
// artefact it was made from is the caller's to remove.
func (s *Store) DeleteRelease(n slot.Name, id int) error {
	if _, err := slot.ParseName(string(n)); err != nil {
		return err
	}
	return s.write(func() error {
		path := s.layout.Release(n, id)
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return slot.E(slot.KindFailed, "", fmt.Errorf("cannot remove %s: %w", path, cause(err)))
		}
		s.remember(func() { delete(s.releases[n], id) })
		return syncDir(filepath.Dir(path))
	})
}

func (s *Store) loadReleases() error {
	s.releases = map[slot.Name]map[int]slot.Release{}
	for _, n := range slot.Names() {
		s.releases[n] = map[int]slot.Release{}
		entries, err := os.ReadDir(s.layout.Releases(n))
		if err != nil {
			return damaged(s.layout.Releases(n), err)
		}
		for _, e := range entries {
			number, isRelease := strings.CutSuffix(e.Name(), ".json")
			id, err := strconv.Atoi(number)
			if !isRelease || err != nil {
				continue
			}
			var r slot.Release
			path := s.layout.Release(n, id)
			if err := readJSON(path, &r); err != nil {
				return err
			}
			if r.ID != id || r.Slot != n {
				return damaged(path, fmt.Errorf("it holds release %d of slot %q", r.ID, r.Slot))
			}
			s.releases[n][id] = r
		}
	}
	return nil
}
