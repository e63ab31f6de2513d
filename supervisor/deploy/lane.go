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
	look chan struct{} // what is watched may be something else
	call chan struct{} // a visitor waits for a slot that sleeps
	quit chan struct{}

	alarms alarms

	asking sync.Mutex // held from the look at what waits to what is queued; taken before mu

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
	early   bool          // the release that is being checked has the traffic already
	lent    bool          // visitors are led to somebody else's program
	own     *proxy.Target // what they are led to when that ends

	replaced replacing
	drowsy   *unit // nobody has asked for it for long: it is to sleep
}

// stop is a caller that waits until nothing runs in the slot.
type stop struct {
	wish  bool       // the slot is to stay stopped
	empty bool       // the slot is to be as if nothing was ever deployed
	done  chan error // gets how it went; has room for it
}

func newLane(e *Engine, n slot.Name) *lane {
	return &lane{
		e: e, name: n,
		wake: make(chan struct{}, 1), look: make(chan struct{}, 1), call: make(chan struct{}, 1), quit: make(chan struct{}),
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
	return l.end(ctx, stop{wish: wish, done: make(chan error, 1)})
}

func (l *lane) end(ctx context.Context, s stop) error {
	l.mu.Lock()
	l.stops = append(l.stops, s)
	l.mu.Unlock()
	l.cancelAll(errors.New("the slot was stopped"))
	l.poke()
	select {
	case err := <-s.done:
		return err
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
	drowsy := l.drowsy
	l.drowsy = nil
	l.busy = len(stops) > 0 || j != nil || drowsy != nil
	l.mu.Unlock()

	switch {
	case len(stops) > 0:
		l.halt(context.Background(), slices.ContainsFunc(stops, func(s stop) bool { return s.wish }))
		var err error
		if slices.ContainsFunc(stops, func(s stop) bool { return s.empty }) {
			err = l.empty()
		}
		for _, s := range stops {
			s.done <- err
		}
	case j != nil:
		l.run(j)
	case drowsy != nil:
		l.doze(drowsy)
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

// endOf is now. Of what began it is told by how long it took, by a clock that
// does not jump, so that no deployment takes less than nothing.
func endOf(began time.Time) time.Time {
	if began.IsZero() {
		return time.Now()
	}
	return began.Add(time.Since(began))
}

// finish writes how the job ended and tells its followers. A record that
// cannot be written is logged: the slot itself is already as it should be.
func (l *lane) finish(j *job, state slot.DeploymentState, err error) {
	j.update(func(d *slot.Deployment) {
		d.State, d.Error, d.EndedAt = state, slot.AsError(err), endOf(d.StartedAt)
		d.CutShort = errors.Is(err, errDaemonStops)
	})
	if err := l.e.Store.SaveDeployment(j.record()); err != nil {
		l.e.Log.Error("cannot record the deployment", slot.KeySlot, l.name, slot.KeyDeployment, j.id, slot.KeyError, err)
	}
	j.tell()
	j.cancel(nil)
	l.noteDeployment(j.record())
}
