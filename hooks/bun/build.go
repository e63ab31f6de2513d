package bun

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// Build installs the dependencies, or links those kept of an earlier
// deployment, runs the build script, and looks through the app's own modules.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	none := hooks.Result{}
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return none, err
	}
	defer files.Close()
	a, err := read(files, r.App)
	if errors.Is(err, fs.ErrNotExist) { // chosen by name, for an app that the hook does not know
		if a, err = chosen(files, r.App.Overrides); err != nil {
			return none, err
		}
	} else if err != nil {
		return none, err
	}
	if a.version.Resolved, err = installed(ctx, r.TmpDir); err != nil {
		return none, err
	}
	a.version.Tool = "bun"
	checkVersion(b, a.version)
	j := &job{app: a, request: r, b: b, files: files}
	result := hooks.Result{Plan: a.choice.plan, Versions: []hooks.Version{a.version}}
	if result.Caches, err = j.install(ctx); err != nil {
		return result, err
	}
	if err := j.build(ctx); err != nil {
		return result, err
	}
	return result, j.check(ctx)
}

// chosen reads an app that the user says is Bun's.
func chosen(files *hooks.Files, overrides hooks.Overrides) (*app, error) {
	m, err := readManifest(files)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	a := &app{manifest: m, lock: files.First("bun.lock", "bun.lockb"), told: true, version: wantedVersion(files, m, overrides)}
	a.choice.serve(slot.Process{Type: slot.ProcessWeb, Argv: []string{"bun", "run", "start"}})
	if m.scripts["start"] == "" && overrides.Start == "" && overrides.StaticRoot == "" {
		return nil, hooks.Fail(slot.Diagnostic{
			Code: "bun.no_start", Summary: "there is neither a start script nor a file such as index.ts to start",
			Hint: `add "start": "bun index.ts" to the scripts in package.json, or set start`,
		})
	}
	return a, nil
}

// job is one build.
type job struct {
	app     *app
	request hooks.BuildRequest
	b       *hooks.Build
	files   *hooks.Files
}

// build runs the build script, or what the slot says instead.
func (j *job) build(ctx context.Context) error {
	o, env := j.request.App.Overrides, j.env()
	if _, set := j.request.App.Env["NODE_ENV"]; !set {
		env = append(env, "NODE_ENV=production")
	}
	switch {
	case o.SkipBuild:
		return nil
	case o.Build != "":
		return j.b.UserCommand(ctx, "build", o.Build, env...)
	case j.app.manifest.scripts["build"] == "":
		return nil
	}
	err := j.b.Step("build", "bun run build").End(j.b.Run(ctx, j.request.App.AppDir, []string{"bun", "run", "build"}, env...))
	return j.explain("build", err)
}

// plugins matches settings that change what Bun makes of a file.
var plugins = lazyregexp.New(`(?m)^\s*(?:preload|plugins)\s*=|\[loader\]`)

// check has Bun read the entry and what it imports of the app itself, so that
// a mistake is told by its place rather than by an app that does not start. Only
// what Bun could not have started either is a failure.
func (j *job) check(ctx context.Context) error {
	entry := j.app.choice.entry
	switch {
	case j.app.told || entry == "" || filepath.IsAbs(entry):
		return nil
	case !j.files.Exists(entry):
		return hooks.Fail(slot.Diagnostic{
			Code: "bun.entry_missing", Summary: "the app is started from " + entry + ", which is not there after the build", File: manifestName,
			Hint: "commit it, name it in the start script as it is, or add a build script that makes it",
		})
	case plugins.MatchString(readText(j.files, configName)):
		return nil
	}
	argv := []string{"bun", "build", "--target=bun", "--packages=external", "--outdir=" + filepath.Join(j.request.TmpDir, "check"), "./" + entry}
	step := j.b.Step("check", "bun build "+entry)
	err := j.b.Run(ctx, j.request.App.AppDir, argv, j.env()...)
	var failed *hooks.CommandError
	if errors.As(err, &failed) && len(mistakes(failed.Output, j.request.App.AppDir)) == 0 {
		j.b.Log("what Bun's bundler says is not an error for its runtime")
		err = nil
	}
	return j.explain("check", step.End(err))
}

// env gives Bun a store that all slots share, and makes it quiet.
func (j *job) env() []string {
	return []string{
		"BUN_INSTALL_CACHE_DIR=" + filepath.Join(j.request.SharedCacheDir, "store"), "BUN_RUNTIME_TRANSPILER_CACHE_PATH=0",
		"DO_NOT_TRACK=1", "NO_COLOR=1",
	}
}
