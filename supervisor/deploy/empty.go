package deploy

import (
	"context"
	"os"
	"path/filepath"

	"github.com/slot-paas/slot/slot"
)

// Empty stops the slot and makes it as if nothing was ever deployed there: no
// releases, nothing that the app kept. Its configuration, its history and its
// logs stay. For previews, whose slot goes to somebody else's code next.
func (e *Engine) Empty(ctx context.Context, n slot.Name) error {
	n, err := slot.ParseName(string(n))
	if err != nil {
		return err
	}
	return e.lanes[n].end(ctx, stop{empty: true, done: make(chan struct{})})
}

// empty removes what was deployed, once nothing runs. The state goes first: a
// slot that a killed daemon left half emptied is an empty one.
func (l *lane) empty() {
	e := l.e
	warn := func(err error) {
		if err != nil {
			e.Log.Error("cannot empty the slot", slot.KeySlot, l.name, slot.KeyError, err)
		}
	}
	warn(e.Store.UpdateState(l.name, func(s *slot.SlotState) error {
		s.Desired, s.Release = slot.DesiredEmpty, 0
		return nil
	}))
	for _, rel := range e.Store.Releases(l.name) {
		warn(e.Store.DeleteRelease(l.name, rel.ID))
	}
	warn(l.sweepArtefacts())
	lay := e.Store.Layout()
	for _, dir := range []string{lay.Storage(l.name), lay.SlotTmp(l.name)} {
		entries, _ := os.ReadDir(dir) // the folder of temporary files may not be there
		for _, entry := range entries {
			warn(os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	l.page(slot.StateEmpty)
}
