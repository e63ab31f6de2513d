package deploy

import (
	"maps"
	"path/filepath"
	"time"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

// run is what one deployment carries from step to step.
type run struct {
	lane *lane
	job  *job
	log  *buildLog

	cfg      slot.SlotConfig // as it was when the deployment began
	release  slot.Release    // the one to be made live
	fresh    bool            // release is new and not yet in the store
	artefact string          // folder of the release's code and build
	chosen   host.Detection
	source   slot.Release // promote: the other slot's
	unpin    func()       // promote: lets go of what is copied

	next     *unit // the new release's processes, from start on
	old      *unit // what served when the deployment began
	away     bool  // the database does not answer
	port     int   // that next.target leads to
	early    bool  // next had traffic before the switch
	down     bool  // the old release was stopped before the new one started
	switched bool
}

func newRun(l *lane, j *job) *run {
	l.mu.Lock()
	old := l.current
	l.mu.Unlock()
	return &run{lane: l, job: j, old: old}
}

// prepare reads the configuration and, for all but a deploy, the release that
// is to be started.
func (r *run) prepare() error {
	l, st := r.lane, r.lane.e.Store
	r.cfg = st.Config().Slots[l.name]
	state := st.State(l.name)
	var err error
	if r.log, err = openBuildLog(st.Layout().DeployLog(l.name, r.job.id)); err != nil {
		return err
	}
	r.job.feed.attach(r.log.event)

	switch r.job.req.Action {
	case slot.ActionDeploy:
		r.fresh = true
		r.release = slot.Release{Slot: l.name, Artefact: state.LastRelease + 1}
	case slot.ActionRollback:
		r.release, err = st.Release(l.name, r.job.req.Release)
	case slot.ActionPromote:
		err = r.preparePromotion(state)
	case slot.ActionConfig:
		r.fresh = true
		r.release, err = st.Release(l.name, state.Release)
	default:
		r.release, err = st.Release(l.name, state.Release)
		r.fresh = err == nil && r.newVariables()
	}
	if err != nil {
		return err
	}
	if r.fresh {
		r.release.ID, r.release.Env = state.LastRelease+1, maps.Clone(r.cfg.Environment)
		r.release.Deployment, r.release.CreatedAt = r.job.id, time.Now()
	}
	r.artefact = st.Layout().Artefact(l.name, r.release.Artefact)
	r.log.secrets(append(secretValues(r.release.Env), l.e.databaseSecrets(l.name)...))
	r.job.update(func(d *slot.Deployment) {
		d.Release, d.Previous = r.release.ID, state.Release
		if r.release.Source != (slot.Source{}) {
			d.Source = r.release.Source
		}
		d.URL = l.e.URL(l.name)
	})
	return nil
}

// newVariables reports whether a start or restart takes variables that are not
// the release's own: changed while the slot was stopped, or by hand. What slot
// starts by itself is what was.
func (r *run) newVariables() bool {
	if byItself(r.job.req.Trigger) || r.runsAlready() {
		return false
	}
	return !maps.Equal(r.release.Env, r.cfg.Environment)
}

// byItself reports whether slot asked for a deployment, not a person.
func byItself(trigger string) bool {
	switch trigger {
	case bootTrigger, triggerMemory, triggerProcesses, triggerLiveness:
		return true
	}
	return false
}

// runsAlready reports whether there is nothing to start.
func (r *run) runsAlready() bool {
	return r.job.req.Action == slot.ActionStart && r.old != nil && r.old.serving()
}

// steps lists what the action does, in order.
func (r *run) steps() []step {
	start := []step{
		{slot.StepStart, r.start, r.undoStart},
		{slot.StepCheck, r.check, nil},
		{slot.StepSwitch, r.switchOver, nil},
	}
	if r.old != nil {
		start = append(start, step{slot.StepDrain, r.drain, nil})
	}
	if r.brings() && len(r.cfg.Deployment.PostDeployHooks) > 0 {
		start = append(start, step{slot.StepPostHook, r.postHooks, nil})
	}
	start = append(start, step{slot.StepPrune, r.prune, nil})
	if r.runsAlready() {
		return nil
	}
	return append(r.preparing(), start...)
}

// src is the folder of the release's files, app the one of the app in it.
func (r *run) src() string { return filepath.Join(r.artefact, "src") }

func (r *run) close() {
	if r.unpin != nil {
		r.unpin()
	}
	if r.log != nil {
		if err := r.log.close(); err != nil {
			r.lane.e.Log.Error("cannot write the build log", slot.KeySlot, r.lane.name, slot.KeyError, err)
		}
	}
}

// appDir is the folder that holds the app of a release.
func (e *Engine) appDir(rel slot.Release) string {
	return filepath.Join(e.Store.Layout().Artefact(rel.Slot, rel.Artefact), "src", filepath.FromSlash(rel.Source.Root))
}
