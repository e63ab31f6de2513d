package python

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// job is one build.
type job struct {
	app     *app
	request hooks.BuildRequest
	b       *hooks.Build
	files   *hooks.Files
	runtime runtime
	venv    string   // absolute
	tool    []string // how uv or Poetry is started, where one of them is the manager
}

// Build makes the release's environment, or links that of an earlier
// deployment, and builds what the framework or the slot wants built.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return hooks.Result{}, err
	}
	defer files.Close()
	a, err := read(files, r.App)
	if errors.Is(err, fs.ErrNotExist) { // chosen by name, for an app that the hook does not know
		a, err = &app{}, nil
		a.choice.plan = inVenv()
		a.choice.told(r.App.Overrides.Start)
	}
	if err != nil {
		return hooks.Result{}, err
	}
	if a.choice.problem != nil {
		return hooks.Result{}, hooks.Fail(*a.choice.problem)
	}
	for _, d := range slices.Concat(a.manifest.diagnostics, a.choice.diagnostics) {
		if !slices.Contains(r.Detected.Diagnostics, d) { // which the user has seen
			b.Diagnose(d)
		}
	}
	j := &job{app: a, request: r, b: b, files: files, venv: filepath.Join(r.App.AppDir, venvName)}
	if j.runtime, err = findRuntime(ctx, r.App.AppDir, a.version.Requested); err != nil {
		return hooks.Result{}, err
	}
	a.version.Tool, a.version.Resolved = "python", j.runtime.version
	j.checkVersion()
	result := hooks.Result{Plan: a.choice.plan, Versions: []hooks.Version{a.version}}
	if result.Caches, err = j.install(ctx); err != nil {
		return result, err
	}
	j.closeControl(&result.Plan)
	if err := j.build(ctx); err != nil {
		return result, err
	}
	return result, j.checkEntry(ctx)
}

// build runs the slot's command; without one, Django's static files are
// collected.
func (j *job) build(ctx context.Context) error {
	o := j.request.App.Overrides
	switch {
	case o.SkipBuild:
		return nil
	case o.Build != "":
		return j.b.UserCommand(ctx, "build", o.Build, j.env()...)
	case !j.app.choice.collects:
		return nil
	}
	step := j.b.Step("build", "manage.py collectstatic")
	argv := []string{filepath.Join(j.venv, "bin", "python"), "manage.py", "collectstatic", "--noinput"}
	err := step.End(j.b.Run(ctx, j.request.App.AppDir, argv, j.env()...))
	if ctx.Err() != nil {
		return err
	}
	if err != nil {
		j.b.Diagnose(slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "python.collectstatic", Summary: "the static files were not collected: " + err.Error(),
			Hint: "builds do not see the slot's variables: give settings that need one a default, or set build",
		})
	}
	return nil
}

// env makes the installers quiet, gives them a store that all slots share, and
// puts the environment before the machine's programs.
func (j *job) env() []string {
	store := func(name string) string { return filepath.Join(j.request.SharedCacheDir, name) }
	return []string{
		"VIRTUAL_ENV=" + j.venv, "PATH=" + filepath.Join(j.venv, "bin") + ":" + os.Getenv("PATH"),
		"PIP_CACHE_DIR=" + store("pip"), "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_INPUT=1", "PIP_PROGRESS_BAR=off",
		"PIP_ROOT_USER_ACTION=ignore", "PIP_USER=0",
		"UV_CACHE_DIR=" + store("uv"), "UV_PROJECT_ENVIRONMENT=" + j.venv, "UV_PYTHON_DOWNLOADS=never", "UV_NO_PROGRESS=1",
		"POETRY_CACHE_DIR=" + store("poetry"), "POETRY_VIRTUALENVS_IN_PROJECT=true",
		"PYTHONUNBUFFERED=1",
	}
}

// checkVersion warns when the machine's Python is not the one asked for.
func (j *job) checkVersion() {
	v := j.app.version
	if v.Requested == "" || satisfies(v.Resolved, v.Requested) {
		return
	}
	j.b.Diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "python.version",
		Summary: fmt.Sprintf("the app asks for Python %s (%s), and this machine has %s", v.Requested, v.Source, v.Resolved),
		Hint:    "install that version, or change what the app asks for",
	})
}
