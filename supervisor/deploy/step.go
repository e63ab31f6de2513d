package deploy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slot-paas/slot/slot"
)

// step is one step of a deployment. run returns what a person reads beside
// its name. undo may be nil; it is called, in reverse order, for every step
// that was begun when a later one fails before the switch.
type step struct {
	name slot.StepName
	run  func(context.Context) (detail string, err error)
	undo func()
}

// execute runs the steps of the job's action.
func (r *run) execute() error {
	if err := r.prepare(); err != nil {
		r.failPage()
		return r.verdict("", err)
	}
	defer r.resume()
	r.beginPage()
	ctx := r.job.ctx
	var begun []step
	for _, s := range r.steps() {
		if r.switched {
			ctx = context.WithoutCancel(ctx) // only forward from here
		}
		begun = append(begun, s)
		start := time.Now()
		r.job.step(slot.Step{Name: s.name, State: slot.StepRunning})
		detail, err := s.run(ctx)
		took := time.Since(start).Milliseconds()
		if err == nil || skipReason(err) != "" {
			r.job.step(slot.Step{Name: s.name, State: slot.StepDone, Detail: detail, DurationMS: took})
			if err == nil {
				continue
			}
			undo(begun)
			r.failPage()
			return err
		}
		if cause := context.Cause(ctx); cause != nil && slot.AsError(err).Kind == slot.KindCanceled {
			err = cause
		}
		r.job.step(slot.Step{Name: s.name, State: slot.StepFailed, Detail: err.Error(), DurationMS: took})
		if r.switched {
			// The new release serves; what is left undone is told, not undone.
			r.job.diagnose(slot.Diagnostic{Severity: slot.SeverityWarning, Code: "deploy." + string(s.name),
				Summary: fmt.Sprintf("after the switch, %s failed: %v", s.name, err)})
			continue
		}
		undo(begun)
		r.failPage()
		return r.verdict(s.name, err)
	}
	return nil
}

// undo takes steps back, the last one first.
func undo(begun []step) {
	for i := len(begun) - 1; i >= 0; i-- {
		if begun[i].undo != nil {
			begun[i].undo()
		}
	}
}

// verdict gives a failure the kind that tells whether anything serves.
func (r *run) verdict(at slot.StepName, err error) error {
	e := slot.AsError(err)
	if e.Kind == slot.KindCanceled {
		return e
	}
	text := err
	if at != "" {
		text = fmt.Errorf("%s failed: %w", at, err)
	}
	kind, hint := slot.KindDown, e.Hint
	if r.old != nil && r.old.serving() {
		kind = slot.KindKept
	}
	if errors.Is(err, context.DeadlineExceeded) && hint == "" {
		hint = "slot logs " + string(r.lane.name)
	}
	return slot.E(kind, hint, text)
}
