package deploy

import (
	"context"

	"github.com/slot-paas/slot/slot"
)

// awaitTurn waits until few enough builds run, and says so in the record.
func (r *run) awaitTurn(ctx context.Context) error {
	select {
	case r.lane.e.builds <- struct{}{}:
		return nil
	default:
	}
	r.noteBuild(slot.WaitsForBuilds)
	defer r.noteBuild("")
	select {
	case r.lane.e.builds <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// noteBuild changes what the record says of the build that is under way. Those
// who follow are not told: their line says "build …" all the while.
func (r *run) noteBuild(detail string) {
	r.job.update(func(d *slot.Deployment) {
		for i, s := range d.Steps {
			if s.Name == slot.StepBuild && s.State == slot.StepRunning {
				d.Steps[i].Detail = detail
			}
		}
	})
}
