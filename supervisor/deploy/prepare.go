package deploy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// brings reports whether the deployment brings code that never ran in the
// slot: such code gets its release command and the slot's hooks.
func (r *run) brings() bool {
	return r.job.req.Action == slot.ActionDeploy || r.job.req.Action == slot.ActionPromote
}

// preparing lists the steps that come before the start.
func (r *run) preparing() []step {
	var steps []step
	switch r.job.req.Action {
	case slot.ActionDeploy:
		steps = []step{
			{slot.StepFetch, r.fetch, r.undoFetch},
			{slot.StepDetect, r.detect, nil},
			{slot.StepBuild, r.build, nil},
		}
	case slot.ActionPromote:
		steps = []step{{slot.StepCopy, r.copyArtefact, r.undoFetch}}
	}
	if len(r.cfg.Persist) > 0 {
		steps = append(steps, step{slot.StepPersist, r.persist, nil})
	}
	if !r.brings() {
		return steps
	}
	if len(r.cfg.Deployment.PreDeployHooks) > 0 {
		steps = append(steps, step{slot.StepPreHook, r.preHooks, nil})
	}
	return append(steps, step{slot.StepRelease, r.releaseStep, nil})
}

// hookType marks the processes of hooks; no Procfile can name one so.
const hookType = "hook."

// postHooksTimeout bounds all hooks after the switch: they are for telling
// others and warming caches, and the next deployment waits for them.
const postHooksTimeout = 5 * time.Minute

// preHooks runs the slot's own commands before the release command, in the
// order of other tools of this kind: what they prepare, it may need. A failure
// leaves the old release serving.
func (r *run) preHooks(ctx context.Context) (string, error) {
	return r.hooks(ctx, r.cfg.Deployment.PreDeployHooks)
}

// postHooks runs the slot's own commands once the new release is live. What
// fails here is a warning. A cancel ends them, as nothing depends on them.
func (r *run) postHooks(context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(r.job.ctx, postHooksTimeout)
	defer cancel()
	detail, err := r.hooks(ctx, r.cfg.Deployment.PostDeployHooks)
	if err != nil && ctx.Err() == context.DeadlineExceeded {
		return "", fmt.Errorf("the hooks took longer than %v", postHooksTimeout)
	}
	return detail, err
}

func (r *run) hooks(ctx context.Context, commands []string) (string, error) {
	for _, command := range commands {
		argv := []string{"/bin/sh", "-c", command} // whole: such a command may end in "exit 1"
		err := r.once(ctx, slot.Process{Type: hookType, Argv: argv, WorkingDir: r.workingDir()})
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		r.job.update(func(d *slot.Deployment) { d.Output = r.log.last() })
		return "", slot.E(slot.KindFailed, "the output above is the command's; slot config get "+string(r.lane.name)+".deployment shows the hooks",
			fmt.Errorf("the hook %q failed: %w", command, err))
	}
	return strings.Join(commands, " · "), nil
}

// workingDir is where the release's own commands run.
func (r *run) workingDir() string {
	if web := r.release.Plan.Web(); web != nil {
		return web.WorkingDir
	}
	return ""
}

// releaseStep runs the release command and notes what the app begins with.
func (r *run) releaseStep(ctx context.Context) (string, error) {
	detail, err := r.releaseCommand(ctx)
	if err == nil {
		err = writeSeal(r.artefact, startedSeal)
	}
	return detail, err
}
