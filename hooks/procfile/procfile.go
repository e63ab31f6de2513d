// Package procfile is the build hook for apps whose Procfile says everything:
// it builds nothing by itself. Where another hook knows the app's language
// that one wins, and the host lays the Procfile over its plan.
package procfile

import (
	"context"
	"errors"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// New returns the hook.
func New() hooks.Hook { return hook{} }

type hook struct{}

func (hook) Describe() hooks.Description {
	return hooks.Description{Name: "procfile", Version: "1", Summary: "Runs what the Procfile or the slot's start command says"}
}

// Detect matches a Procfile, or the bare start command of the slot.
func (hook) Detect(_ context.Context, app hooks.App) (hooks.Detection, error) {
	d := hooks.Detection{Evidence: []string{"Procfile"}}
	plan, err := plan(app)
	var failure *hooks.Failure
	switch {
	case errors.As(err, &failure):
		d.Matched, d.Score, d.Diagnostics = true, hooks.ScoreProcfile, []slot.Diagnostic{failure.Diagnostic}
	case err != nil:
		return d, err
	case plan.Web() != nil:
		d.Matched, d.Score, d.Preview = true, hooks.ScoreProcfile, plan
	case app.Overrides.Start != "":
		d.Matched, d.Score, d.Preview = true, hooks.ScoreOverride, plan
		d.Evidence = []string{"start: " + app.Overrides.Start}
	case len(plan.Processes) > 0: // beside a page it is fine, alone it is not
		d.Matched, d.Score, d.Preview = true, hooks.ScoreOverride, plan
		d.Diagnostics = []slot.Diagnostic{noWeb()}
	}
	return d, nil
}

// Build runs the commands of the slot's configuration, if there are any.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	o := r.App.Overrides
	if err := b.UserCommand(ctx, "install", o.Install); err != nil {
		return hooks.Result{}, err
	}
	if !o.SkipBuild {
		if err := b.UserCommand(ctx, "build", o.Build); err != nil {
			return hooks.Result{}, err
		}
	}
	plan, err := plan(r.App)
	if err == nil && plan.Web() == nil && o.Start == "" && o.StaticRoot == "" {
		err = hooks.Fail(noWeb())
	}
	return hooks.Result{Plan: plan}, err
}

func noWeb() slot.Diagnostic {
	return slot.Diagnostic{
		Severity: slot.SeverityError, Code: "procfile.no_web", Summary: "the Procfile has no web process", File: "Procfile",
		Hint: "add a line \"web: COMMAND\"; the command gets its port in $PORT",
	}
}

func plan(app hooks.App) (slot.LaunchPlan, error) {
	files, err := hooks.OpenFiles(app.AppDir)
	if err != nil {
		return slot.LaunchPlan{}, err
	}
	defer files.Close()
	processes, err := hooks.Procfile(files)
	return slot.LaunchPlan{Processes: processes}, err
}
