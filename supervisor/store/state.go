package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/slot-paas/slot/slot"
)

// State returns a copy of the slot's state; the zero state when nothing was
// ever stored.
func (s *Store) State(n slot.Name) slot.SlotState {
	s.memory.RLock()
	defer s.memory.RUnlock()
	return clone(s.states[n])
}

// UpdateState changes the slot's state: change gets a copy and must not call
// the Store. Nothing is written when it changes nothing or returns an error.
func (s *Store) UpdateState(n slot.Name, change func(*slot.SlotState) error) error {
	if _, err := slot.ParseName(string(n)); err != nil {
		return err
	}
	return s.write(func() error {
		next := s.State(n)
		if err := change(&next); err != nil {
			return err
		}
		before, err := encode(s.State(n))
		if err != nil {
			return err
		}
		data, err := encode(next)
		if err != nil || bytes.Equal(before, data) {
			return err
		}
		if err := writeFile(s.layout.State(n), data); err != nil {
			return err
		}
		next = clone(next)
		s.remember(func() { s.states[n] = next })
		return nil
	})
}

func (s *Store) loadStates() error {
	s.states = map[slot.Name]slot.SlotState{}
	s.processes.of = map[slot.Name][]slot.ProcessRecord{}
	for _, n := range slot.Names() {
		var state struct {
			slot.SlotState
			Processes []slot.ProcessRecord // an earlier slot kept them here
		}
		err := readJSON(s.layout.State(n), &state)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		s.states[n], s.processes.of[n] = state.SlotState, state.Processes
	}
	return nil
}

// readJSON reads a file that only slot writes. As it is written as a whole,
// contents that do not parse are damage that a person must look at.
func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return damaged(path, err)
	}
	return nil
}

func damaged(path string, err error) error {
	return slot.E(slot.KindFailed, "move the file away, or bring it back from a copy",
		fmt.Errorf("cannot read %s: %w", path, cause(err)))
}
