package ruby

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
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
}

// Build brings the app's gems to where the release runs, and makes what the
// framework or the slot wants made.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	none := hooks.Result{}
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return none, err
	}
	defer files.Close()
	a, err := read(files, r.App)
	if errors.Is(err, fs.ErrNotExist) { // chosen by name, for an app that the hook does not know
		a, err = &app{gems: readGems(files), choice: choose(files, gems{}, r.App.Slot), start: r.App.Overrides.Start}, nil
		if a.start != "" || r.App.Overrides.StaticRoot != "" {
			a.choice.told()
		}
	}
	if err != nil {
		return none, err
	}
	if a.choice.problem != nil {
		return none, hooks.Fail(*a.choice.problem)
	}
	for _, d := range slices.Concat(a.gems.diagnostics(), a.choice.diagnostics) {
		if !slices.Contains(r.Detected.Diagnostics, d) { // which the user has seen
			b.Diagnose(d)
		}
	}
	j := &job{app: a, request: r, b: b, files: files}
	if j.runtime, err = findRuntime(ctx, r.App.AppDir); err != nil {
		return none, err
	}
	a.version.Tool, a.version.Resolved = "ruby", j.runtime.Version
	if err := j.check(ctx); err != nil {
		return none, err
	}
	result := hooks.Result{Plan: a.choice.plan, Versions: []hooks.Version{a.version}}
	if result.Caches, err = j.install(ctx); err != nil {
		return result, err
	}
	return result, j.build(ctx)
}

// check finds early what would fail later.
func (j *job) check(ctx context.Context) error {
	if err := j.checkVersion(); err != nil {
		return err
	}
	if j.app.gems.file == "" {
		if err := j.checkGems(); err != nil {
			return err
		}
	}
	if _, err := exec.LookPath("bundle"); err != nil && j.app.gems.file != "" {
		return missing("bundle")
	}
	if j.app.choice.entry == "" {
		return nil
	}
	// "Syntax OK" is no news. Ruby checks the first of its arguments alone.
	argv := append([]string{"sh", "-c", `for file; do ruby -c "$file" >/dev/null || exit; done`, "check"}, sources(j.files, j.app.choice.entry)...)
	return explain(j.b, "check", j.b.Run(ctx, j.request.App.AppDir, argv))
}

// checkVersion compares the machine's Ruby with the one asked for. Bundler
// refuses another than the Gemfile's, so that is an error at once.
func (j *job) checkVersion() error {
	v := j.app.version
	if v.Requested == "" || satisfies(v.Resolved, v.Requested) {
		return nil
	}
	d := slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "ruby.version",
		Summary: fmt.Sprintf("the app asks for Ruby %s (%s), and this machine has %s", v.Requested, v.Source, v.Resolved),
		Hint:    "install that version, with rbenv or mise for example, or change what the app asks for",
	}
	if v.Source != j.app.gems.file {
		j.b.Diagnose(d)
		return nil
	}
	d.File = v.Source
	return hooks.Fail(d)
}

// checkGems finds what an app without a Gemfile needs and the machine has not.
func (j *job) checkGems() error {
	for _, name := range j.app.choice.needs {
		if !j.runtime.Gems[name] {
			return hooks.Fail(slot.Diagnostic{
				Code: "ruby.gem_missing", Summary: "the app needs the gem " + name + ", which this machine does not have",
				Hint: "name it in a Gemfile (bundle init, bundle add " + name + " puma) and commit that with its lock file",
			})
		}
	}
	return nil
}

// build runs the slot's command; without one, the assets of Rails are made.
func (j *job) build(ctx context.Context) error {
	o := j.request.App.Overrides
	switch {
	case o.SkipBuild:
		return nil
	case o.Build != "":
		return j.b.UserCommand(ctx, "build", o.Build, j.env()...)
	case !j.app.choice.assets:
		return nil
	}
	step := j.b.Step("build", "rails assets:precompile")
	// The key is for this one command: builds see no secret, and Rails before
	// 7.1 does not know the second name.
	env := append(j.env(), "SECRET_KEY_BASE=only-for-the-build", "SECRET_KEY_BASE_DUMMY=1")
	err := step.End(j.b.Run(ctx, j.request.App.AppDir, j.app.gems.exec("rails", "assets:precompile"), env...))
	return explain(j.b, "assets", err)
}

// env is the environment of Ruby's commands: quiet, without questions, and with
// nothing written to the user's home.
func (j *job) env() []string {
	r := j.request
	env := []string{
		"BUNDLE_USER_CACHE=" + filepath.Join(r.TmpDir, "bundler"), "BUNDLE_USER_PLUGIN=" + filepath.Join(r.TmpDir, "plugin"),
		"BUNDLE_GLOBAL_GEM_CACHE=true", "GEM_SPEC_CACHE=" + filepath.Join(r.TmpDir, "specs"),
		fmt.Sprintf("BUNDLE_JOBS=%d", max(r.Jobs, 1)), fmt.Sprintf("MAKEFLAGS=-j%d", max(r.Jobs, 1)),
		"BUNDLE_SILENCE_ROOT_WARNING=true", "BUNDLE_IGNORE_MESSAGES=true", "BUNDLE_DISABLE_VERSION_CHECK=true",
		"THOR_COLUMNS=1000", // Bundler breaks its lines otherwise, and they are read below
		// What rails assets:precompile runs for a front end.
		"NPM_CONFIG_CACHE=" + filepath.Join(r.SharedCacheDir, "npm"), "YARN_CACHE_FOLDER=" + filepath.Join(r.SharedCacheDir, "yarn"),
	}
	if v := j.runtime.Bundler; v != "" {
		// Or Bundler fetches the version that wrote the lock file.
		env = append(env, "BUNDLER_VERSION="+v)
	}
	for name, value := range j.app.choice.plan.Env {
		env = append(env, name+"="+value)
	}
	return env
}
