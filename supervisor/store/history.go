package store

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/slot-paas/slot/slot"
)

// keptDeployments is how many of its newest deployments a slot keeps, in
// memory and on disk: years of pushes at one a day, and a file of some MiB.
const keptDeployments = 1000

// history is what is known of the deployments.
type history struct {
	byID map[int64]slot.Deployment
	ids  map[slot.Name][]int64 // of each slot, oldest first
	last int64                 // the highest ID ever given
	room int64                 // bytes that the file may have before it is compacted; guarded by writing
}

// add takes a record in place of an earlier one of the same deployment. The
// oldest one of a slot that has more than a thousand goes.
func (h *history) add(d slot.Deployment) {
	h.last = max(h.last, d.ID)
	if known, ok := h.byID[d.ID]; ok {
		if known.Slot == d.Slot {
			h.byID[d.ID] = d
		}
		return
	}
	ids := h.ids[d.Slot]
	at, _ := slices.BinarySearch(ids, d.ID)
	if at == 0 && len(ids) == keptDeployments {
		return // older than all that are kept
	}
	ids = slices.Insert(ids, at, d.ID)
	h.byID[d.ID] = d
	if len(ids) > keptDeployments {
		delete(h.byID, ids[0])
		ids = slices.Delete(ids, 0, 1)
	}
	h.ids[d.Slot] = ids
}

// newest returns the IDs of a slot, or of all, newest first.
func (h *history) newest(n slot.Name) []int64 {
	var ids []int64
	for name, of := range h.ids {
		if n == "" || n == name {
			ids = append(ids, of...)
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	return ids
}

// Query chooses deployments. The zero Query is all that are kept.
type Query struct {
	Slot   slot.Name              // "" for all slots
	States []slot.DeploymentState // empty for every state
	Since  time.Time              // requested at that time or later
	Limit  int                    // the newest so many; 0 for no limit
}

func (q Query) wants(d slot.Deployment) bool {
	return (len(q.States) == 0 || slices.Contains(q.States, d.State)) && !d.RequestedAt.Before(q.Since)
}

// FindDeployments returns copies of what the query chooses, newest first.
func (s *Store) FindDeployments(q Query) []slot.Deployment {
	s.memory.RLock()
	defer s.memory.RUnlock()
	var found []slot.Deployment
	for _, id := range s.history.newest(q.Slot) {
		if d := s.history.byID[id]; q.wants(d) {
			found = append(found, clone(d))
		}
		if q.Limit > 0 && len(found) == q.Limit {
			break
		}
	}
	return found
}

// Deployments returns copies of the newest deployments of a slot, newest
// first; n "" means all slots, limit 0 all that are kept.
func (s *Store) Deployments(n slot.Name, limit int) []slot.Deployment {
	return s.FindDeployments(Query{Slot: n, Limit: limit})
}

// Deployment returns a copy of one of the newest 1000 deployments of its slot.
func (s *Store) Deployment(id int64) (slot.Deployment, bool) {
	s.memory.RLock()
	defer s.memory.RUnlock()
	d, ok := s.history.byID[id]
	return clone(d), ok
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
		return s.record(d, (*os.File).Sync)
	})
	if err != nil {
		return slot.Deployment{}, err
	}
	return d, nil
}

// SaveDeployment records how a deployment stands now; the record replaces
// the earlier ones of its ID, which BeginDeployment gave. Only that it began to
// run is not waited for on the disk, as its app waits for that: after a loss of
// power it was cut short, whether it ran or was queued.
func (s *Store) SaveDeployment(d slot.Deployment) error {
	return s.write(func() error {
		if d.ID < 1 || d.ID > s.lastDeployment() {
			return slot.E(slot.KindFailed, "", fmt.Errorf("cannot save deployment %d: it was never begun", d.ID))
		}
		if d.State == slot.DeploymentRunning {
			return s.record(d, func(*os.File) error { return nil })
		}
		return s.record(d, (*os.File).Sync)
	})
}

func (s *Store) lastDeployment() int64 {
	s.memory.RLock()
	defer s.memory.RUnlock()
	return s.history.last
}

func (s *Store) record(d slot.Deployment, sync func(*os.File) error) error {
	size, err := appendRecord(s.layout.History(), d, sync)
	if err != nil {
		return err
	}
	kept := clone(d)
	s.remember(func() { s.history.add(kept) })
	if size > s.history.room {
		s.compact(size)
	}
	return nil
}
