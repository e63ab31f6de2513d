package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/store"
)

// bootTrigger marks the starts that Boot asks for.
const bootTrigger = "boot"

// wakeTrigger marks those that a visitor of a sleeping slot causes.
const wakeTrigger = "request"

// Boot brings every slot to what it should do: processes that still run are
// adopted, others are started from their kept release without network or
// build, leftovers of deployments that were cut short are swept. It returns
// when every adopted slot serves; starts go on as deployments.
func (e *Engine) Boot(ctx context.Context) {
	e.failCutShort()
	var wg sync.WaitGroup
	for _, l := range e.lanes {
		wg.Go(func() { l.boot(ctx) })
	}
	wg.Wait()
}

// failCutShort closes the records of deployments whose daemon died.
func (e *Engine) failCutShort() {
	open := []slot.DeploymentState{slot.DeploymentQueued, slot.DeploymentRunning}
	for _, d := range e.Store.FindDeployments(store.Query{States: open}) {
		d.State, d.EndedAt, d.CutShort = slot.DeploymentFailed, time.Now(), true
		d.Error = slot.AsError(slot.E(slot.KindFailed, fmt.Sprintf("slot deploy %s", d.Slot),
			fmt.Errorf("the daemon ended during this deployment")))
		if err := e.Store.SaveDeployment(d); err != nil {
			e.Log.Error("cannot record the deployment", slot.KeyDeployment, d.ID, slot.KeyError, err)
		}
	}
}

func (l *lane) boot(ctx context.Context) {
	e := l.e
	state := e.Store.State(l.name)
	l.mu.Lock()
	for _, rec := range e.Store.Processes(l.name) {
		l.records[rec.ID] = rec
	}
	l.mu.Unlock()
	if err := l.dropUnborn(state.LastRelease); err != nil {
		e.Log.Warn("cannot sweep", slot.KeySlot, l.name, slot.KeyError, err)
	}
	if err := l.sweepArtefacts(); err != nil {
		e.Log.Warn("cannot sweep", slot.KeySlot, l.name, slot.KeyError, err)
	}
	rel, err := e.Store.Release(l.name, state.Release)
	switch {
	case state.Desired == slot.DesiredEmpty || state.Release == 0:
		l.sweep(nil)
		l.page(slot.StateEmpty)
	case err != nil:
		e.Log.Error("cannot bring the slot back", slot.KeySlot, l.name, slot.KeyError, err)
		l.sweep(nil)
		l.page(slot.StateFailed)
	case state.Desired == slot.DesiredStopped:
		l.sweep(nil)
		l.page(slot.StateStopped)
	case state.Desired == slot.DesiredAsleep:
		l.sweep(nil)
		l.page(slot.StateAsleep)
	case l.bootStatic(rel):
		l.sweep(nil)
	case l.bootAdopted(ctx, rel):
	default:
		l.sweep(nil)
		l.page(slot.StateStarting)
		if _, err := e.Submit(slot.Request{Slot: l.name, Action: slot.ActionStart, Trigger: bootTrigger}); err != nil {
			e.Log.Error("cannot bring the slot back", slot.KeySlot, l.name, slot.KeyError, err)
			l.page(slot.StateFailed)
		}
	}
}

// dropUnborn removes releases that were written down but never switched to,
// because their daemon died in between.
func (l *lane) dropUnborn(last int) error {
	for _, rel := range l.e.Store.Releases(l.name) {
		if rel.ID <= last {
			continue
		}
		if err := l.e.Store.DeleteRelease(l.name, rel.ID); err != nil {
			return err
		}
	}
	return nil
}

// bootStatic puts a static release back, if it is one and its folder is there.
func (l *lane) bootStatic(rel slot.Release) bool {
	if rel.Plan.Static == nil || len(rel.Plan.Processes) > 0 {
		return false // with workers it is started whole
	}
	target, err := l.staticTarget(rel)
	if err != nil {
		return false // the start that follows fails with the reason
	}
	l.serve(&unit{release: rel, target: target}, time.Now())
	return true
}

// bootAdopted takes over the release's processes if its web process lives.
func (l *lane) bootAdopted(ctx context.Context, rel slot.Release) bool {
	l.maskSecrets(rel)
	u := &unit{release: rel}
	var since time.Time
	for _, p := range rel.Plan.Processes {
		pr, rec := l.adoptFirst(rel, p, l.processRecords())
		switch {
		case pr == nil: // gone; started below
		case p.Type == slot.ProcessWeb:
			u.web, since = pr, rec.StartedAt
		default:
			u.workers = append(u.workers, pr)
		}
	}
	if u.web == nil {
		if err := l.stopUnit(ctx, u); err != nil {
			l.e.Log.Warn("cannot stop a worker", slot.KeySlot, l.name, slot.KeyError, err)
		}
		return false
	}
	u.target = l.processTarget(rel, u.web, l.servedPort(u.web))
	l.serve(u, since)
	l.sweep(u.procs())
	l.e.Log.Info("adopted", slot.KeySlot, l.name, slot.KeyRelease, rel.ID, slot.KeyPID, u.web.Snapshot().Identity.PID)
	workers, err := l.startWorkers(ctx, rel, u.workers)
	if err != nil {
		l.e.Log.Error("cannot start a worker", slot.KeySlot, l.name, slot.KeyError, err)
	}
	l.employ(u, append(u.workers, workers...))
	return true
}

// adoptFirst takes over the process p of the release. A daemon that died during
// a restart left two: the older one served, so the sweep gets the other.
func (l *lane) adoptFirst(rel slot.Release, p slot.Process, recs []slot.ProcessRecord) (*proc, slot.ProcessRecord) {
	recs = slices.Clone(recs)
	slices.SortStableFunc(recs, func(a, b slot.ProcessRecord) int {
		return cmp.Compare(a.StartTime-1, b.StartTime-1) // 0 was being started: last
	})
	for _, rec := range recs {
		if rec.Release != rel.ID || rec.Type != p.Type {
			continue
		}
		pr, err := l.adopt(rel, p, rec)
		if err == nil {
			return pr, rec
		}
		if !errors.Is(err, process.ErrGone) {
			l.e.Log.Warn("cannot adopt", slot.KeySlot, l.name, slot.KeyPID, rec.PID, slot.KeyError, err)
		}
	}
	return nil, slot.ProcessRecord{}
}

// servedPort is where an adopted process answers: the port it was given, or
// the one it listens on instead.
func (l *lane) servedPort(web *proc) int {
	ports, err := process.Listening(web.Snapshot().Identity)
	if err != nil || len(ports) == 0 || slices.Contains(ports, web.port) {
		return web.port
	}
	return ports[0]
}

func (l *lane) serve(u *unit, since time.Time) {
	l.mu.Lock()
	l.current, l.since = u, since
	l.mu.Unlock()
	l.rewatch()
	l.point(u.target)
	l.e.Fronts[l.name].Resume()
}

// sweep ends every recorded process that is not one of mine.
func (l *lane) sweep(procs []*proc) {
	mine := map[string]bool{}
	for _, p := range procs {
		mine[p.id] = true
	}
	for _, rec := range l.processRecords() {
		if mine[rec.ID] {
			continue
		}
		if err := process.Kill(rec.Identity); err != nil {
			l.e.Log.Warn("cannot end a leftover", slot.KeySlot, l.name, slot.KeyPID, rec.PID, slot.KeyError, err)
			continue
		}
		// What it wrote while no daemon read is still in its FIFOs.
		out, err := l.attach(rec.ID)
		if err != nil {
			l.e.Log.Warn("cannot read the last output", slot.KeySlot, l.name, slot.KeyError, err)
		}
		l.retire(&proc{id: rec.ID, out: out})
	}
}
