// Package deploy is the engine: it takes a request to a running, checked
// release and keeps the releases that were. A deployment is a straight line of
// steps, each with its undo: fetch, detect, build, release, start, check,
// switch, drain, prune. Before the switch a failure undoes in reverse and
// nobody notices; after it there is only forward.
//
// Each slot has one lane: one goroutine that runs one job at a time and keeps
// at most one waiting. The engine starts with New and Boot and stops with
// Close, which waits for every lane.
package deploy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/proxy"
	"github.com/slot-paas/slot/supervisor/store"
)

// Options are the rooms that the engine works with. All but Notify, Rest and
// Database are needed.
type Options struct {
	Store   *store.Store
	Hooks   *host.Host
	Git     *git.Git
	Ports   *process.Ports
	Fronts  map[slot.Name]*proxy.Front
	Logs    map[slot.Name]*logs.Log
	Port    func(slot.Name) int    // public port
	URL     func(slot.Name) string // where people reach the slot
	Builds  int                    // how many run at once; 1 when 0
	BaseEnv func() []string        // the clean base of every app's environment
	Machine func() sandbox.Machine // what the sandboxes of apps begin with
	Notify  Notifier               // nil tells nobody
	Hurry   float64                // how many times faster what runs is looked at; 1 when 0, for tests
	Rest    func()                 // called when the last lane has fallen idle; may be nil
	Log     *slog.Logger

	Database Database // nil gives apps none
}

// Engine runs deployments. Safe for concurrent use.
type Engine struct {
	Options
	lanes   map[slot.Name]*lane
	mirrors *mirrors
	house   housekeeping
	builds  chan struct{} // one token a running build
	wg      sync.WaitGroup

	artefacts *artefacts

	mu   sync.Mutex
	jobs map[int64]*job // that run, wait, or ended lately
}

// errDaemonStops ends the jobs of a daemon that goes away.
var errDaemonStops = errors.New("the daemon stops")

// New returns an engine whose lanes are ready; Boot brings the slots back.
func New(o Options) *Engine {
	e := &Engine{
		Options: o,
		lanes:   map[slot.Name]*lane{},
		mirrors: newMirrors(o.Store.Layout().Mirrors()),
		house:   newHousekeeping(),
		builds:  make(chan struct{}, max(o.Builds, 1)),
		jobs:    map[int64]*job{},

		artefacts: newArtefacts(o.Store),
	}
	for _, n := range slot.Names() {
		e.lanes[n] = newLane(e, n)
	}
	for _, l := range e.lanes {
		e.wg.Go(l.work)
		e.wg.Go(l.keepWatch)
	}
	e.wg.Go(e.keepHouse)
	return e
}

// Submit queues a deployment and returns its record. A deployment of the slot
// that waits already is superseded by it; a change of variables, and a deploy
// that is only wanted if something changed, join a deploy that waits instead. Bad requests are refused at once
// with KindUsage or KindNotFound.
func (e *Engine) Submit(req slot.Request) (slot.Deployment, error) {
	n, err := slot.ParseName(string(req.Slot))
	if err != nil {
		return slot.Deployment{}, err
	}
	req.Slot = n
	l := e.lanes[n]
	named := req.Repository != "" || req.Branch != ""
	if err := l.admit(&req); err != nil {
		return slot.Deployment{}, err
	}
	// Of two that come at once the second sees the first wait, and joins it.
	l.asking.Lock()
	defer l.asking.Unlock()
	if w := l.waits(slot.ActionDeploy); w != nil && req.Action == slot.ActionConfig {
		return w.record(), nil // it reads the configuration when it begins
	}
	if w := l.waits(slot.ActionDeploy); w != nil && joins(req, w.req) {
		return w.record(), nil // it fetches what is newest when it begins
	}
	d, err := e.Store.BeginDeployment(slot.Deployment{
		Slot: req.Slot, Action: req.Action, Trigger: req.Trigger, State: slot.DeploymentQueued, Source: req.Source, Reason: req.Reason,
	})
	if err != nil {
		return slot.Deployment{}, err
	}
	j := newJob(req, d)
	j.named = named
	e.keep(j)
	if err := l.submit(j); err != nil {
		l.finish(j, slot.DeploymentCanceled, err)
		return j.record(), err
	}
	return d, nil // as it was queued: it may run already
}

// joins reports whether a request is served by a deploy that waits: one that
// was asked for by a push or the like, of the same branch. A burst of pushes
// leaves one record instead of hundreds of superseded ones.
func joins(req, waiting slot.Request) bool {
	return req.Action == slot.ActionDeploy && req.IfChanged && !req.NoCache &&
		req.Repository == waiting.Repository && req.Branch == waiting.Branch
}

// Follow sends the events of a deployment from its first to its last and
// returns when it ended, ctx ended, or send failed. Of a deployment that
// ended long ago only the record is sent.
func (e *Engine) Follow(ctx context.Context, id int64, send func(slot.Event) error) error {
	e.mu.Lock()
	j := e.jobs[id]
	e.mu.Unlock()
	if j != nil {
		return j.feed.follow(ctx, send)
	}
	d, ok := e.Store.Deployment(id)
	if !ok {
		return noDeployment(id)
	}
	return send(slot.Event{Time: d.EndedAt, Deployment: &d})
}

// Cancel ends a deployment that waits or runs; after its switch it runs on.
func (e *Engine) Cancel(id int64) error {
	e.mu.Lock()
	j := e.jobs[id]
	e.mu.Unlock()
	if j == nil {
		if _, ok := e.Store.Deployment(id); !ok {
			return noDeployment(id)
		}
		return nil
	}
	e.lanes[j.req.Slot].cancel(j, slot.E(slot.KindCanceled, "", errors.New("canceled")))
	return nil
}

// Stop cancels what is under way in the slot and stops its processes. The
// slot keeps its release: ActionStart brings it back.
func (e *Engine) Stop(ctx context.Context, n slot.Name) error {
	n, err := slot.ParseName(string(n))
	if err != nil {
		return err
	}
	return e.lanes[n].stop(ctx, true)
}

// StopAll stops every process and leaves what the slots should do unchanged,
// so that the next Boot brings all back. Nothing new is begun after it. For
// the end of the workspace.
func (e *Engine) StopAll(ctx context.Context) {
	var wg sync.WaitGroup
	for _, l := range e.lanes {
		l.refuse()
		wg.Go(func() {
			if err := l.stop(ctx, false); err != nil {
				e.Log.Error("cannot stop the slot", slot.KeySlot, l.name, slot.KeyError, err)
			}
		})
	}
	wg.Wait()
}

// Refuse ends what runs and waits, and takes nothing more. Followers see how
// their deployments ended.
func (e *Engine) Refuse() {
	for _, l := range e.lanes {
		l.refuse()
	}
}

// Close ends the lanes. Processes that still run are left alone for the next
// daemon to adopt; call StopAll before it to end them.
func (e *Engine) Close() {
	e.house.stop()
	for _, l := range e.lanes {
		l.refuse()
		close(l.quit)
	}
	e.wg.Wait()
	for _, l := range e.lanes {
		l.detach()
	}
}

// Status returns a snapshot of one slot.
func (e *Engine) Status(n slot.Name) slot.Status { return e.lanes[n].status() }

// keptJobs is how many ended deployments can still be followed from their
// first event.
const keptJobs = 20

// keep remembers the job for Follow and forgets the oldest that ended.
func (e *Engine) keep(j *job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.jobs[j.id] = j
	for len(e.jobs) > keptJobs {
		oldest := int64(0)
		for id, k := range e.jobs {
			if k.record().State.Ended() && (oldest == 0 || id < oldest) {
				oldest = id
			}
		}
		if oldest == 0 {
			return
		}
		delete(e.jobs, oldest)
	}
}

func noDeployment(id int64) error {
	return slot.E(slot.KindNotFound, "slot history shows those that are kept", fmt.Errorf("no deployment %d", id))
}
