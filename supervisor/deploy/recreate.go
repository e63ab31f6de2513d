package deploy

import (
	"context"
	"fmt"
	"time"

	"github.com/slot-paas/slot/slot"
)

// alone reports whether the slot says that two of its releases must not run
// side by side: by its strategy, or because its app has one port for all.
func (r *run) alone() bool {
	return r.cfg.Deployment.Strategy == slot.StrategyRecreate || r.cfg.AppPort != 0
}

// takeDown stops the old release before the new one starts. Requests wait at
// the front until the switch, or until the old release is back.
func (r *run) takeDown(ctx context.Context) error {
	if r.down || r.old == nil || len(r.old.procs()) == 0 {
		return nil
	}
	l := r.lane
	r.down = true
	l.e.Fronts[l.name].Hold()
	limit := r.cfg.Deployment.Drain.Or(slot.DefaultDrain)
	drainCtx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if r.old.target.Drain(drainCtx) != nil && ctx.Err() == nil {
		r.tellCut(limit)
	}
	return l.stopUnit(context.WithoutCancel(ctx), r.old) // bounded by stop_timeout
}

// bringBack starts the release again that takeDown stopped, after the one that
// was to take its place failed. It was live before, so it gets the traffic
// even if it takes its time to answer.
func (r *run) bringBack() {
	if !r.down {
		return
	}
	l, rel := r.lane, r.old.release
	back, err := l.revive(rel, r.cfg)
	if err != nil {
		l.e.Log.Error("cannot bring the release back", slot.KeySlot, l.name, slot.KeyRelease, rel.ID, slot.KeyError, err)
		r.job.diagnose(slot.Diagnostic{Severity: slot.SeverityError, Code: "deploy.not_back",
			Summary: fmt.Sprintf("release %d was stopped for this deployment and does not start again: %v", rel.ID, err),
			Hint:    "slot start " + string(l.name) + " tries again"})
		r.old = nil
		l.page(slot.StateFailed)
		return
	}
	r.old = back
	r.job.diagnose(slot.Diagnostic{Severity: slot.SeverityInfo, Code: "deploy.back",
		Summary: fmt.Sprintf("release %d is back", rel.ID)})
}

// revive starts a release that ran before and serves it.
func (l *lane) revive(rel slot.Release, cfg slot.SlotConfig) (*unit, error) {
	ctx := context.Background() // what is undone is undone to its end
	l.maskSecrets(rel)
	u := &unit{release: rel}
	if web := rel.Plan.Web(); web == nil {
		target, err := l.staticTarget(rel)
		if err != nil {
			return nil, err
		}
		u.target = target
	} else {
		pr, err := l.launch(ctx, rel, *web)
		if err != nil {
			return nil, err
		}
		u.web = pr
		pr.Ready()
		p := l.newProbe(rel, cfg, pr)
		p.patient = true
		wait, cancel := context.WithTimeoutCause(ctx, p.deadline, errNoAnswer)
		err = p.wait(wait, pr)
		cancel()
		if err != nil {
			l.e.Log.Warn("the release that is back does not answer yet", slot.KeySlot, l.name, slot.KeyRelease, rel.ID, slot.KeyError, err)
		}
		u.target = l.processTarget(rel, pr, p.port)
	}
	l.serve(u, time.Now())
	workers, err := l.startWorkers(ctx, rel, nil)
	if err != nil {
		l.e.Log.Error("cannot start a worker", slot.KeySlot, l.name, slot.KeyError, err)
	}
	l.employ(u, workers)
	return u, nil
}

// resume lets the requests go on that waited while nothing served.
func (r *run) resume() {
	if r.down {
		r.lane.e.Fronts[r.lane.name].Resume()
	}
}

// again starts the new release a second time, now alone: it wants a port that
// the old one has. What is left of the first try is ended before.
func (r *run) again(ctx context.Context, port int) error {
	l := r.lane
	which := "a port of its own"
	if port != 0 {
		which = fmt.Sprintf("port %d for itself", port)
	}
	r.job.diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "app.fixed_port",
		Summary: fmt.Sprintf("the app wants %s, which release %d has: that one is stopped first, and requests wait meanwhile", which, r.old.release.ID),
		Hint:    "an app that listens on the port in the variable PORT is replaced without a pause",
	})
	if err := l.stopUnit(context.WithoutCancel(ctx), r.next); err != nil {
		return err
	}
	if err := r.takeDown(ctx); err != nil {
		return err
	}
	return r.launchNext(ctx)
}

func (r *run) launchNext(ctx context.Context) error {
	pr, err := r.lane.launch(ctx, r.release, *r.release.Plan.Web())
	if err != nil {
		return err
	}
	r.next = &unit{release: r.release, web: pr}
	return nil
}

// mostStolen is how often in one deployment a private port may be lost: they
// are checked before, so once is rare.
const mostStolen = 3

// elsewhere starts the new release a second time, on another private port:
// somebody took the one that it was given.
func (r *run) elsewhere(ctx context.Context) error {
	lost := r.next.web.port
	// It stays given out until the new one has its own.
	defer r.lane.e.Ports.Release(lost)
	if err := r.lane.stopUnit(context.WithoutCancel(ctx), r.next); err != nil {
		return err
	}
	r.lane.e.Ports.Reserve(lost)
	r.job.diagnose(slot.Diagnostic{
		Severity: slot.SeverityInfo, Code: "app.port_stolen",
		Summary: fmt.Sprintf("another program took port %d before the app did: it starts on another one", lost),
	})
	return r.launchNext(ctx)
}
