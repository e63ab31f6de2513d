package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// lane is one slot: what runs in it and what waits. Its goroutine is the only
// one that changes what runs; mu guards what others read.
type lane struct {
	e    *Engine
	name slot.Name
	wake chan struct{}
	quit chan struct{}

	mu      sync.Mutex
	ending  bool // the daemon stops: no new jobs
	running *job
	waiting *job
	stops   []stop
	busy    bool
	current *unit                         // what serves; nil for none
	records map[string]slot.ProcessRecord // processes that may run, by ID
	state   slot.State                    // when current is nil
	since   time.Time
	lent    bool          // visitors are led to somebody else's program
	own     *proxy.Target // what they are led to when that ends
}

// stop is a caller that waits until nothing runs in the slot.
type stop struct {
	wish bool          // the slot is to stay stopped
	done chan struct{} // closed when it is done
}

func newLane(e *Engine, n slot.Name) *lane {
	return &lane{
		e: e, name: n,
		wake: make(chan struct{}, 1), quit: make(chan struct{}),
		records: map[string]slot.ProcessRecord{},
		state:   slot.StateEmpty, since: time.Now(),
	}
}

// submit makes j the waiting job; the one that waited is superseded.
func (l *lane) submit(j *job) error {
	l.mu.Lock()
	if l.ending {
		l.mu.Unlock()
		return slot.E(slot.KindUnreachable, "slot up starts it again", errDaemonStops)
	}
	old := l.waiting
	if old != nil && old.req.Action == slot.ActionDeploy && !old.req.IfChanged {
		j.req.IfChanged = false // the one it takes the place of was wanted in any case
	}
	l.waiting = j
	l.mu.Unlock()
	if old != nil {
		l.finish(old, slot.DeploymentSuperseded, slot.E(slot.KindCanceled, "",
			fmt.Errorf("superseded by deployment %d", j.id)))
	}
	l.poke()
	return nil
}

// waits returns the job that waits, if it is one of the action.
func (l *lane) waits(a slot.Action) *job {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting == nil || l.waiting.req.Action != a {
		return nil
	}
	return l.waiting
}

// cancel ends j: at once when it waits, through its context when it runs.
func (l *lane) cancel(j *job, cause error) {
	l.mu.Lock()
	waited := l.waiting == j
	if waited {
		l.waiting = nil
	}
	l.mu.Unlock()
	j.cancel(cause)
	if waited {
		l.finish(j, slot.DeploymentCanceled, cause)
	}
}

// refuse makes the lane take no more jobs and ends those that it has.
func (l *lane) refuse() {
	l.mu.Lock()
	l.ending = true
	l.mu.Unlock()
	l.cancelAll(errDaemonStops)
}

func (l *lane) cancelAll(cause error) {
	l.mu.Lock()
	jobs := []*job{l.waiting, l.running}
	l.mu.Unlock()
	for _, j := range jobs {
		if j != nil {
			l.cancel(j, slot.E(slot.KindCanceled, "", cause))
		}
	}
}

// stop cancels the slot's jobs and waits until its processes are gone.
func (l *lane) stop(ctx context.Context, wish bool) error {
	s := stop{wish: wish, done: make(chan struct{})}
	l.mu.Lock()
	l.stops = append(l.stops, s)
	l.mu.Unlock()
	l.cancelAll(errors.New("the slot was stopped"))
	l.poke()
	select {
	case <-s.done:
		return nil
	case <-l.quit:
		return slot.E(slot.KindUnreachable, "", errDaemonStops)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *lane) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// work is the lane's goroutine.
func (l *lane) work() {
	for {
		select {
		case <-l.quit:
			return
		case <-l.wake:
		}
		for l.next() {
		}
		l.e.house.poke()
	}
}

// next does one piece of work and reports whether there was any.
func (l *lane) next() bool {
	l.mu.Lock()
	stops, j := l.stops, l.waiting
	l.stops = nil
	if len(stops) == 0 {
		l.running, l.waiting = j, nil
	}
	l.busy = len(stops) > 0 || j != nil
	l.mu.Unlock()

	switch {
	case len(stops) > 0:
		l.halt(context.Background(), slices.ContainsFunc(stops, func(s stop) bool { return s.wish }))
		for _, s := range stops {
			close(s.done)
		}
	case j != nil:
		l.run(j)
	default:
		return false
	}
	l.mu.Lock()
	l.running, l.busy = nil, false
	l.mu.Unlock()
	return true
}

// run takes one job from its first step to its record.
func (l *lane) run(j *job) {
	r := newRun(l, j)
	defer r.close()
	if cause := context.Cause(j.ctx); cause != nil {
		r.failPage()
		l.finish(j, slot.DeploymentCanceled, cause)
		return
	}
	j.update(func(d *slot.Deployment) {
		d.State, d.StartedAt = slot.DeploymentRunning, time.Now()
	})
	if err := l.e.Store.SaveDeployment(j.record()); err != nil {
		r.failPage()
		l.finish(j, slot.DeploymentFailed, r.verdict("", err))
		return
	}
	j.tell()
	err := r.execute()
	switch {
	case err == nil:
		l.finish(j, slot.DeploymentLive, nil)
	case skipReason(err) != "":
		j.update(func(d *slot.Deployment) { d.Reason, d.Source, d.Release = skipReason(err), r.release.Source, 0 })
		l.finish(j, slot.DeploymentSkipped, nil)
	case slot.AsError(err).Kind == slot.KindCanceled:
		l.finish(j, slot.DeploymentCanceled, err)
	default:
		l.finish(j, slot.DeploymentFailed, err)
	}
}

// finish writes how the job ended and tells its followers. A record that
// cannot be written is logged: the slot itself is already as it should be.
func (l *lane) finish(j *job, state slot.DeploymentState, err error) {
	j.update(func(d *slot.Deployment) {
		d.State, d.Error, d.EndedAt = state, slot.AsError(err), time.Now()
		d.CutShort = errors.Is(err, errDaemonStops)
	})
	if err := l.e.Store.SaveDeployment(j.record()); err != nil {
		l.e.Log.Error("cannot record the deployment", slot.KeySlot, l.name, slot.KeyDeployment, j.id, slot.KeyError, err)
	}
	j.tell()
	j.cancel(nil)
	l.noteDeployment(j.record())
}

// admit completes a request and refuses what cannot work.
func (l *lane) admit(req *slot.Request) error {
	broken := l.e.Store.Reload()
	state := l.e.Store.State(l.name)
	switch req.Action {
	case slot.ActionDeploy:
		if broken != nil {
			return broken
		}
		return l.admitDeploy(req)
	case slot.ActionRollback:
		return l.admitRollback(req, state)
	case slot.ActionPromote:
		if broken != nil {
			return broken // the slot's variables stand there
		}
		return l.admitPromotion(req)
	case slot.ActionRestart, slot.ActionStart, slot.ActionConfig:
		if state.Release == 0 {
			return slot.E(slot.KindNotFound, fmt.Sprintf("slot deploy %s https://github.com/you/app", l.name),
				fmt.Errorf("nothing was deployed to slot %s yet", l.name))
		}
		return nil
	}
	return slot.E(slot.KindUsage, "", fmt.Errorf("unknown action %q", req.Action))
}

// admitDeploy fills in what the slot is configured with.
func (l *lane) admitDeploy(req *slot.Request) error {
	cfg := l.e.Store.Config().Slots[l.name]
	if req.Repository == "" {
		req.Repository = cfg.Repository
	}
	if req.Repository == "" {
		return slot.E(slot.KindUsage, fmt.Sprintf("slot deploy %s https://github.com/you/app, or slot deploy %s . for this folder", l.name, l.name),
			fmt.Errorf("slot %s has no repository", l.name))
	}
	if req.Branch == "" && req.Repository == cfg.Repository {
		req.Branch = cfg.Branch
	}
	if _, err := slot.ParseRepository(req.Repository); err != nil {
		return err
	}
	if req.Branch != "" {
		return slot.ValidateRef(req.Branch)
	}
	return nil
}

// admitRollback chooses the release before the live one where none is named.
func (l *lane) admitRollback(req *slot.Request, state slot.SlotState) error {
	if req.Release == 0 {
		for _, r := range l.e.Store.Releases(l.name) {
			if r.ID < state.Release {
				req.Release = r.ID // oldest first: the last one below wins
			}
		}
		if req.Release == 0 {
			return slot.E(slot.KindNotFound, fmt.Sprintf("slot releases %s", l.name),
				fmt.Errorf("slot %s has no release before %d", l.name, state.Release))
		}
	}
	_, err := l.e.Store.Release(l.name, req.Release)
	return err
}
