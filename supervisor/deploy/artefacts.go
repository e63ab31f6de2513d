package deploy

import (
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// artefacts knows which built folders are in use over all slots: by kept
// releases, of their own slot or as the origin of a promoted one, and by
// promotions under way. The lock is never held while files are removed.
type artefacts struct {
	store *store.Store

	mu     sync.Mutex
	pinned map[slot.Origin]int
	doomed map[slot.Origin]bool // being removed
}

func newArtefacts(st *store.Store) *artefacts {
	return &artefacts{store: st, pinned: map[slot.Origin]int{}, doomed: map[slot.Origin]bool{}}
}

// pin keeps artefacts from being removed until the function it returns is
// called.
func (a *artefacts) pin(all ...slot.Origin) (unpin func(), err error) {
	a.mu.Lock()
	gone := slices.IndexFunc(all, func(o slot.Origin) bool { return a.doomed[o] })
	for _, o := range all {
		a.pinned[o]++
	}
	a.mu.Unlock()
	unpin = sync.OnceFunc(func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, o := range all {
			if a.pinned[o]--; a.pinned[o] == 0 {
				delete(a.pinned, o)
			}
		}
	})
	if gone < 0 {
		gone = slices.IndexFunc(all, func(o slot.Origin) bool { return !exists(a.store.Layout().Artefact(o.Slot, o.Artefact)) })
	}
	if gone >= 0 {
		unpin()
		o := all[gone]
		return nil, slot.E(slot.KindNotFound, "slot releases "+string(o.Slot), fmt.Errorf("artefact %d of slot %s is gone", o.Artefact, o.Slot))
	}
	return unpin, nil
}

// doom returns which of the slot's folders nobody needs; nobody can pin them
// until done is called.
func (a *artefacts) doom(n slot.Name, names []string) (gone []string, done func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	used := map[slot.Origin]bool{}
	for _, other := range slot.Names() {
		for _, rel := range a.store.Releases(other) {
			used[slot.Origin{Slot: rel.Slot, Artefact: rel.Artefact}] = true
			used[rel.Origin] = true
		}
	}
	var mine []slot.Origin
	for _, name := range names {
		id, err := strconv.Atoi(name)
		o := slot.Origin{Slot: n, Artefact: id}
		if err == nil && strconv.Itoa(id) == name {
			if used[o] || a.pinned[o] > 0 {
				continue
			}
			a.doomed[o] = true
			mine = append(mine, o)
		}
		gone = append(gone, name)
	}
	return gone, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, o := range mine {
			delete(a.doomed, o)
		}
	}
}
