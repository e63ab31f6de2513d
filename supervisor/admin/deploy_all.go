package admin

import (
	"net/http"
	"sync"

	"github.com/slot-paas/slot/slot"
)

// batch remembers the deployments that "deploy all" began last, so that pages
// can show how far they are.
type batch struct {
	mu  sync.Mutex
	ids []int64
}

func (b *batch) set(ids []int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ids = ids
}

func (b *batch) get() []int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ids
}

// deployAll deploys every slot that has a repository.
func (a *Admin) deployAll(w http.ResponseWriter, r *http.Request, c caller) {
	ds, err := a.submitAll(r, c, trigger)
	text := "Every slot with a repository is being deployed."
	if len(ds) == 0 && err == nil {
		err = slot.E(slot.KindUsage, "", errorf("no slot has a repository"))
	}
	a.done(w, r, c, backTo(r, homePage), text, err)
}

// submitAll queues a deployment in every slot that has a repository; the first
// error does not keep the others from it.
func (a *Admin) submitAll(r *http.Request, c caller, by string) (ds []slot.Deployment, first error) {
	if err := a.Store.Reload(); err != nil {
		return nil, err
	}
	cfg := a.Store.Config()
	var ids []int64
	for _, n := range slot.Names() {
		if cfg.Slots[n].Repository == "" {
			continue
		}
		d, err := a.Engine.Submit(slot.Request{Slot: n, Action: slot.ActionDeploy, Trigger: by})
		a.note(r, c, "deploy", n, numbered(d.ID), err)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		ds, ids = append(ds, d), append(ids, d.ID)
	}
	if len(ids) > 0 {
		a.batch.set(ids)
	}
	return ds, first
}
