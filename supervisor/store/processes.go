package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/slot-paas/slot/slot"
)

// processes are what runs, or may, for each slot. They are written twice at each
// start of an app, so they have a lock of their own and are not synced to the
// disk: a kill of the daemon loses nothing that it has written, and after a loss
// of power, which may damage the file, none of the processes lives.
type processes struct {
	mu     sync.Mutex // held across I/O
	closed bool
	of     map[slot.Name][]slot.ProcessRecord
}

// Processes returns a copy of the slot's process records.
func (s *Store) Processes(n slot.Name) []slot.ProcessRecord {
	s.processes.mu.Lock()
	defer s.processes.mu.Unlock()
	return slices.Clone(s.processes.of[n])
}

// UpdateProcesses replaces the slot's process records by those that now returns,
// which must not call the Store. What is the same is not written again.
func (s *Store) UpdateProcesses(n slot.Name, now func() []slot.ProcessRecord) error {
	if _, err := slot.ParseName(string(n)); err != nil {
		return err
	}
	p := &s.processes
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return slot.E(slot.KindFailed, "", errClosed)
	}
	records := now()
	if slices.Equal(p.of[n], records) {
		return nil
	}
	data, err := json.Marshal(records)
	if err != nil {
		return fmt.Errorf("cannot encode the processes of %s: %w", n, err)
	}
	if err := replaceFile(s.layout.Processes(n), data, func(*os.File) error { return nil }); err != nil {
		return err
	}
	p.of[n] = records
	return nil
}

// loadProcesses reads the records. A file that does not parse was damaged by a
// loss of power: none of its processes lives.
func (s *Store) loadProcesses() error {
	for _, n := range slot.Names() {
		data, err := os.ReadFile(s.layout.Processes(n))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return damaged(s.layout.Processes(n), err)
		}
		var records []slot.ProcessRecord
		if json.Unmarshal(data, &records) != nil {
			records = nil
		}
		s.processes.of[n] = records
	}
	return nil
}

func (p *processes) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
}
