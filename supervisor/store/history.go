package store

import (
	"fmt"
	"time"

	"github.com/slot-paas/slot/slot"
)

// keptDeployments is how many of the newest deployments stay in memory. The
// file keeps all.
const keptDeployments = 1000

// history is what is in memory of the deployments.
type history struct {
	byID map[int64]slot.Deployment
	last int64 // the highest ID ever given
}

// add takes a record in place of an earlier one of the same deployment. IDs
// follow each other, so a new one pushes out the one a thousand below it.
func (h *history) add(d slot.Deployment) {
	h.last = max(h.last, d.ID)
	if d.ID > h.last-keptDeployments {
		h.byID[d.ID] = d
	}
	delete(h.byID, h.last-keptDeployments)
}

// BeginDeployment records a new deployment and returns it with its ID, and
// with RequestedAt set where it was not.
func (s *Store) BeginDeployment(d slot.Deployment) (slot.Deployment, error) {
	if _, err := slot.ParseName(string(d.Slot)); err != nil {
		return slot.Deployment{}, err
	}
	if d.RequestedAt.IsZero() {
		d.RequestedAt = time.Now().UTC()
	}
	err := s.write(func() error {
		d.ID = s.lastDeployment() + 1
		return s.record(d)
	})
	if err != nil {
		return slot.Deployment{}, err
	}
	return d, nil
}

// SaveDeployment records how a deployment stands now; the record replaces
// the earlier ones of its ID, which BeginDeployment gave.
func (s *Store) SaveDeployment(d slot.Deployment) error {
	return s.write(func() error {
		if d.ID < 1 || d.ID > s.lastDeployment() {
			return slot.E(slot.KindFailed, "", fmt.Errorf("cannot save deployment %d: it was never begun", d.ID))
		}
		return s.record(d)
	})
}

// Deployments returns copies of the newest deployments of a slot, newest
// first; n "" means all slots, limit 0 all that are in memory, 1000 at most.
func (s *Store) Deployments(n slot.Name, limit int) []slot.Deployment {
	s.memory.RLock()
	defer s.memory.RUnlock()
	var found []slot.Deployment
	for id := s.history.last; id > max(0, s.history.last-keptDeployments); id-- {
		if limit > 0 && len(found) == limit {
			break
		}
		if d, ok := s.history.byID[id]; ok && (n == "" || d.Slot == n) {
			found = append(found, clone(d))
		}
	}
	return found
}

// Deployment returns a copy of one of the newest 1000 deployments.
func (s *Store) Deployment(id int64) (slot.Deployment, bool) {
	s.memory.RLock()
	defer s.memory.RUnlock()
	d, ok := s.history.byID[id]
	return clone(d), ok
}

func (s *Store) lastDeployment() int64 {
	s.memory.RLock()
	defer s.memory.RUnlock()
	return s.history.last
}

func (s *Store) record(d slot.Deployment) error {
	if err := appendRecord(s.layout.History(), d); err != nil {
		return err
	}
	kept := clone(d)
	s.remember(func() { s.history.add(kept) })
	return nil
}

func (s *Store) loadHistory() error {
	records, err := readRecords(s.layout.History(), keptDeployments)
	if err != nil {
		return err
	}
	s.history.byID = map[int64]slot.Deployment{}
	for _, d := range records {
		s.history.add(d)
	}
	return nil
}
