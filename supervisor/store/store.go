// Package store owns the files below $SLOT_HOME and is their only writer: the
// configuration with its backups, the admin token, the state and the releases
// of each slot, and the history of deployments. It also names every other
// path of the home (Layout), which other rooms fill: artefacts, mirrors,
// caches, logs, sockets.
//
// Files are replaced as a whole (temporary file, fsync, rename, fsync of the
// folder) or, for the history, appended to; what a method has returned from
// survives a kill and a loss of power; the processes that run, which do not
// survive the second themselves, the first. Only slots.json and settings.json are
// meant to be edited by hand.
//
// Open takes the daemon's lock and reads everything; Close gives the lock
// back. There are no goroutines. A Store is safe for concurrent use: one
// mutex puts the writers in a row across their I/O, another guards memory for
// moments only, so that no reader waits for a disk. The webhook's deliveries
// have locks of their own: a flood of them must not hold up a deployment.
package store

import (
	"errors"
	"os"
	"sync"

	"github.com/slot-paas/slot/slot"
)

// Store is an open home.
type Store struct {
	layout Layout
	token  string

	deliveries deliveries // has a lock of its own
	processes  processes  // the same

	writing sync.Mutex // held by the one writer, across I/O
	lock    *os.File   // nil once closed; guarded by writing
	file    configFile // guarded by writing

	memory    sync.RWMutex // guards what follows, never held across I/O
	config    slot.Config
	configErr error
	states    map[slot.Name]slot.SlotState
	releases  map[slot.Name]map[int]slot.Release
	history   history
	webhook   WebhookSecrets
}

var errClosed = errors.New("the store is closed")

// Open makes the layout in home, takes the daemon's lock and reads all files.
// A broken slots.json does not fail it, see ConfigError; any other broken
// file does, by name.
func Open(home string) (*Store, error) {
	s := &Store{layout: Layout{Home: home}}
	if err := makeHome(s.layout); err != nil {
		return nil, err
	}
	var err error
	if s.lock, err = lockHome(s.layout); err != nil {
		return nil, err
	}
	for _, load := range []func() error{s.loadSecrets, s.loadConfig, s.loadStates, s.loadProcesses, s.loadReleases, s.loadHistory, s.loadDeliveries} {
		if err := load(); err != nil {
			unlockHome(s.lock)
			return nil, err
		}
	}
	return s, nil
}

// Close gives back the daemon's lock. Reading goes on to work; changes fail
// from then on. Closing twice is fine.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.lock == nil {
		return nil
	}
	s.deliveries.close()
	s.processes.close()
	err := unlockHome(s.lock)
	s.lock = nil
	return err
}

// Layout returns the paths of the home.
func (s *Store) Layout() Layout { return s.layout }

// Token returns the token that every call on the control socket carries: 64
// hexadecimal digits.
func (s *Store) Token() string { return s.token }

// write runs change as the one writer.
func (s *Store) write(change func() error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.lock == nil {
		return slot.E(slot.KindFailed, "", errClosed)
	}
	return change()
}

// remember changes what readers see.
func (s *Store) remember(change func()) {
	s.memory.Lock()
	defer s.memory.Unlock()
	change()
}
