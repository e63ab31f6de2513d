package deploy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/slot-paas/slot/slot"
)

// switchOver makes the new release the live one: first on disk, so that a
// daemon that dies now comes back with it, then for the traffic.
func (r *run) switchOver(ctx context.Context) (string, error) {
	l, st := r.lane, r.lane.e.Store
	if web := r.next.web; web != nil {
		// From here on an exit is not final: one that comes before the traffic
		// does is seen below, a later one is followed by a restart.
		web.Ready()
		select {
		case <-gone(web, r.patient()):
			return "", fmt.Errorf("the app exited right after its check: %v", web.Snapshot().LastExit)
		default:
		}
	}
	if r.fresh {
		if err := st.PutRelease(r.release); err != nil {
			return "", err
		}
	}
	err := st.UpdateState(l.name, func(s *slot.SlotState) error {
		s.Desired, s.Release = slot.DesiredRunning, r.release.ID
		s.LastRelease = max(s.LastRelease, r.release.ID)
		return nil
	})
	if err != nil {
		if r.fresh {
			_ = st.DeleteRelease(l.name, r.release.ID) // its folder goes with the undo
		}
		return "", err
	}
	l.point(r.next.target)
	l.mu.Lock()
	l.current, l.since, l.early = r.next, time.Now(), false
	if !byItself(r.job.req.Trigger) {
		l.replaced = replacing{} // a person's release begins without a past
	}
	l.mu.Unlock()
	l.rewatch()
	r.switched = true
	l.e.Fronts[l.name].Resume()

	if r.job.req.Action == slot.ActionRollback {
		if err := r.takeBackVariables(); err != nil {
			return "", err
		}
	}
	// A cancel comes too late now.
	if err := r.switchWorkers(context.WithoutCancel(ctx)); err != nil {
		return "", err
	}
	return fmt.Sprintf("release %d is live", r.release.ID), nil
}

// takeBackVariables makes the variables of the release that was rolled back
// to the slot's own again: what is listed is what runs, and the next change
// starts from there. The version before is among the configuration's backups.
func (r *run) takeBackVariables() error {
	return r.lane.e.Store.UpdateConfig(func(c *slot.Config) error {
		s := c.Slots[r.lane.name]
		s.Environment = maps.Clone(r.release.Env)
		c.Slots[r.lane.name] = s
		return nil
	})
}

// switchWorkers stops the old workers before the new ones start.
func (r *run) switchWorkers(ctx context.Context) error {
	if r.old != nil && len(r.old.workers) > 0 {
		if err := r.lane.stopProcs(ctx, r.old.workers); err != nil {
			return err
		}
		r.lane.employ(r.old, nil)
	}
	workers, err := r.lane.startWorkers(ctx, r.release, nil)
	r.lane.employ(r.next, workers)
	return err
}

// startWorkers starts every process of the release that is neither web nor
// release nor runs already. Those that started are returned beside the first
// error.
func (l *lane) startWorkers(ctx context.Context, rel slot.Release, running []*proc) ([]*proc, error) {
	var procs []*proc
	for _, p := range rel.Plan.Processes {
		runs := slices.ContainsFunc(running, func(r *proc) bool { return r.typ == p.Type })
		if runs || p.Type == slot.ProcessWeb || p.Type == slot.ProcessRelease {
			continue
		}
		pr, err := l.launch(ctx, rel, p)
		if err != nil {
			return procs, err
		}
		pr.Ready() // nothing asks a worker for an answer
		procs = append(procs, pr)
	}
	return procs, nil
}

// drain lets the old release finish its requests, then stops it.
func (r *run) drain(ctx context.Context) (string, error) {
	if r.down {
		return fmt.Sprintf("release %d was stopped before the start", r.old.release.ID), nil
	}
	limit := r.cfg.Deployment.Drain.Or(slot.DefaultDrain)
	drainCtx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cut := r.old.target.Drain(drainCtx)
	if err := r.lane.stopUnit(ctx, r.old); err != nil {
		return "", err
	}
	if cut != nil {
		r.tellCut(limit)
	}
	return fmt.Sprintf("release %d drained and stopped", r.old.release.ID), nil
}

func (r *run) tellCut(limit time.Duration) {
	r.job.diagnose(slot.Diagnostic{Severity: slot.SeverityWarning, Code: "deploy.drain",
		Summary: fmt.Sprintf("requests to release %d were still open after %v and were cut", r.old.release.ID, limit),
		Hint:    "deployment.drain gives them longer"})
}

// halt stops the slot, for a person (wish) or because the daemon ends. The
// wish is on disk first.
func (l *lane) halt(ctx context.Context, wish bool) {
	if wish {
		err := l.e.Store.UpdateState(l.name, func(s *slot.SlotState) error {
			if s.Release != 0 {
				s.Desired = slot.DesiredStopped
			}
			return nil
		})
		if err != nil {
			l.e.Log.Error("cannot record the stop", slot.KeySlot, l.name, slot.KeyError, err)
		}
	}
	l.stopProcesses(ctx)
	l.endOneOffs(ctx)
}

// stopProcesses turns the traffic to a page, drains and stops what runs.
func (l *lane) stopProcesses(ctx context.Context) {
	l.mu.Lock()
	u := l.current
	l.mu.Unlock()
	if u == nil {
		if l.e.Store.State(l.name).Release != 0 {
			l.page(slot.StateStopped) // what did not come back is stopped too
		}
		return
	}
	l.page(slot.StateStopped)
	drainCtx, cancel := context.WithTimeout(ctx, l.e.Store.Config().Slots[l.name].Deployment.Drain.Or(slot.DefaultDrain))
	defer cancel()
	_ = u.target.Drain(drainCtx) // what is still open then is cut by the stop
	if err := l.stopUnit(ctx, u); err != nil {
		l.e.Log.Error("cannot stop the slot", slot.KeySlot, l.name, slot.KeyError, err)
	}
}

// detach leaves the processes running for the next daemon.
func (l *lane) detach() {
	l.mu.Lock()
	u := l.current
	l.mu.Unlock()
	if u == nil {
		return
	}
	for _, p := range u.procs() {
		p.Detach()
		if err := p.out.Detach(); err != nil {
			l.e.Log.Warn("cannot leave the output", slot.KeySlot, l.name, slot.KeyError, err)
		}
	}
}
