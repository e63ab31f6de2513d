package database

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/slot-paas/slot/slot"
)

// state is state.json: what should run, and what may.
type state struct {
	Enabled   bool          `json:"enabled"`
	Postgres  slot.Identity `json:"postgres,omitzero"`
	PgAdmin   slot.Identity `json:"pgadmin,omitzero"`
	WebOn     bool          `json:"pgadmin_enabled,omitempty"`
	Upgrading bool          `json:"upgrading,omitempty"`  // until the new cluster is in its place
	NextDaily int64         `json:"next_daily,omitempty"` // Unix time

	Stale []slot.DatabaseSource `json:"stale,omitempty"` // to be removed before they are used again; see Discard
}

func (s *Server) readState() error {
	err := readJSON(filepath.Join(s.Home, "state.json"), &s.state)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// update changes the state and writes it; on an error nothing is changed.
func (s *Server) update(change func(*state)) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	next := s.state
	s.mu.Unlock()
	change(&next)
	if err := s.writeJSON("state.json", next); err != nil {
		return err
	}
	s.mu.Lock()
	s.state = next
	s.mu.Unlock()
	return nil
}

func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return slot.E(slot.KindFailed, "move the file away, or bring it back from a copy", fmt.Errorf("cannot read %s: %w", path, err))
	}
	return nil
}

// writeJSON replaces a file of the room's folder as a whole.
func (s *Server) writeJSON(name string, v any) error {
	if err := os.MkdirAll(s.Home, 0o700); err != nil {
		return fmt.Errorf("cannot make the folder of the database room: %w", err)
	}
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(s.Home, name), append(data, '\n'), 0o600)
}

// writeFile replaces a file: after a crash at any moment it holds either the
// old or the new contents. It follows no link that stands there: a folder may be
// the server's own, and who writes may be root.
func writeFile(path string, data []byte, mode os.FileMode) error {
	temp := path + ".tmp"
	os.Remove(temp) // of a daemon that was killed
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the names in a folder survive a loss of power.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
