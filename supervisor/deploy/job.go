package deploy

import (
	"context"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// job is one deployment on its way: its request, its record and its feed.
type job struct {
	id     int64
	req    slot.Request
	named  bool // the request itself named a repository or branch
	feed   *feed
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu sync.Mutex
	d  slot.Deployment
}

func newJob(req slot.Request, d slot.Deployment) *job {
	ctx, cancel := context.WithCancelCause(context.Background())
	j := &job{id: d.ID, req: req, d: d, feed: newFeed(), ctx: ctx, cancel: cancel}
	j.tell()
	return j
}

// record returns a copy of the deployment's record.
func (j *job) record() slot.Deployment {
	j.mu.Lock()
	defer j.mu.Unlock()
	d := j.d
	d.Steps = append([]slot.Step(nil), d.Steps...)
	d.Diagnostics = append([]slot.Diagnostic(nil), d.Diagnostics...)
	return d
}

// update changes the record.
func (j *job) update(change func(*slot.Deployment)) {
	j.mu.Lock()
	change(&j.d)
	j.mu.Unlock()
}

// tell sends the record to the followers.
func (j *job) tell() {
	d := j.record()
	j.feed.send(slot.Event{Time: time.Now(), Deployment: &d})
}

// step records and sends a step's state.
func (j *job) step(s slot.Step) {
	j.update(func(d *slot.Deployment) {
		for i := range d.Steps {
			if d.Steps[i].Name == s.Name {
				d.Steps[i] = s
				return
			}
		}
		d.Steps = append(d.Steps, s)
	})
	j.feed.send(slot.Event{Time: time.Now(), Step: &s})
}

// part runs a part of a step as a step of its own, named "step.part".
func (j *job) part(of slot.StepName, part, detail string, do func() error) error {
	s := slot.Step{Name: of + slot.StepName("."+part), State: slot.StepRunning, Detail: detail}
	j.step(s)
	start := time.Now()
	err := do()
	s.State, s.DurationMS = slot.StepDone, time.Since(start).Milliseconds()
	if err != nil {
		s.State = slot.StepFailed
	}
	j.step(s)
	return err
}

// maxDiagnostics bounds what one record keeps; a hook that sends more is told
// once and the rest is in the build log.
const maxDiagnostics = 50

// diagnose records and sends a diagnostic.
func (j *job) diagnose(g slot.Diagnostic) {
	j.update(func(d *slot.Deployment) {
		if len(d.Diagnostics) < maxDiagnostics {
			d.Diagnostics = append(d.Diagnostics, g)
		}
	})
	j.feed.send(slot.Event{Time: time.Now(), Diagnostic: &g})
}
