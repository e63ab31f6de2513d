package store

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/slot-paas/slot/slot"
)

// ConfigAt returns the configuration that was in force at a time, by the
// backups. ok is false where those that are kept do not reach so far back.
func (s *Store) ConfigAt(at time.Time) (c slot.Config, ok bool) {
	names := s.Backups()
	slices.Reverse(names) // oldest first: the first one that was replaced later was in force
	for i, name := range names {
		until, err := time.Parse(backupStamp, backupName.FindStringSubmatch(name)[1])
		if err != nil || !until.After(at) {
			continue
		}
		if i == 0 && len(names) >= keptBackups {
			return slot.Config{}, false // an older one may be gone
		}
		_, c, ok = readGood(filepath.Join(s.layout.Backups(), name))
		return c, ok
	}
	return s.Config(), true
}
