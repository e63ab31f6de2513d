package php

import (
	"context"
	"errors"
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
}

// Build installs the app's packages and writes what the server needs.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	none := hooks.Result{}
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return none, err
	}
	defer files.Close()
	a, err := read(files, r.App)
	if errors.Is(err, fs.ErrNotExist) { // chosen by name, for an app that the hook does not know
		a, err = &app{start: r.App.Overrides.Start, choice: choose(files, composer{}, r.App.Slot)}, nil
		if a.told(r.App.Overrides) {
			a.choice.problem = nil
		}
	}
	if err != nil {
		return none, err
	}
	if a.choice.problem != nil {
		return none, hooks.Fail(*a.choice.problem)
	}
	for _, d := range slices.Concat(a.composer.diagnostics(), a.choice.diagnostics) {
		if !slices.Contains(r.Detected.Diagnostics, d) { // which the user has seen
			b.Diagnose(d)
		}
	}
	j := &job{app: a, request: r, b: b, files: files}
	if j.runtime, err = findRuntime(ctx, r.App.AppDir); err != nil {
		return none, err
	}
	a.version.Tool, a.version.Resolved = "php", j.runtime.Version
	if err := j.check(ctx); err != nil {
		return none, err
	}
	result := hooks.Result{Plan: a.choice.plan(j.runtime.frankenphp), Versions: []hooks.Version{a.version}}
	if result.Caches, err = j.install(ctx); err != nil {
		return result, err
	}
	if o := r.App.Overrides; !o.SkipBuild {
		if err := b.UserCommand(ctx, "build", o.Build, j.env()...); err != nil {
			return result, err
		}
	}
	j.tellServer()
	return result, j.writeOwn()
}

// check finds early what would fail later. Of the pages only the first is read:
// a repository may hold others that this PHP is not meant to understand.
func (j *job) check(ctx context.Context) error {
	if err := j.checkPlatform(); err != nil {
		return err
	}
	if j.app.choice.index == "" || j.app.told(j.request.App.Overrides) {
		return nil
	}
	argv := []string{"sh", "-c", `out=$(php -d display_errors=1 -d log_errors=0 -l "$0") || { code=$?; echo "$out"; exit $code; }`, j.app.choice.index}
	return explain(j.b, "check", j.b.Run(ctx, j.request.App.AppDir, argv))
}

// tellServer says when the server is the one for development.
func (j *job) tellServer() {
	c := j.app.choice
	if c.index == "" || j.app.told(j.request.App.Overrides) || j.runtime.frankenphp && c.franken() {
		return
	}
	d := slot.Diagnostic{
		Severity: slot.SeverityInfo, Code: "php.dev_server",
		Summary: "the app is served by php -S with " + workers + " workers, PHP's server for development",
		Hint:    "for many visitors put frankenphp into PATH, which slot then takes instead, or set start to another server",
	}
	if !c.franken() {
		d.Hint = "for many visitors set start to another server, such as frankenphp php-server --listen $HOST:$PORT, with the pages in a folder of their own"
	}
	j.b.Diagnose(d)
}

// env is the environment of Composer and of the slot's commands: quiet, without
// questions, and with nothing written to the user's home.
func (j *job) env() []string {
	env := []string{
		"COMPOSER_HOME=" + filepath.Join(j.request.TmpDir, "composer"), "COMPOSER_CACHE_DIR=" + filepath.Join(j.request.SharedCacheDir, "composer"),
		"COMPOSER_NO_INTERACTION=1", "COMPOSER_ALLOW_SUPERUSER=1", "COMPOSER_DISABLE_XDEBUG_WARN=1",
		"COLUMNS=1000", // or it breaks its lines, which are read here
		// What a build command for a front end uses.
		"NPM_CONFIG_CACHE=" + filepath.Join(j.request.SharedCacheDir, "npm"),
	}
	for name, value := range j.app.choice.env {
		env = append(env, name+"="+value)
	}
	return env
}

// composerHome gives Composer a folder to write to in which it finds the user's
// own logins and settings.
func (j *job) composerHome() error {
	dir := filepath.Join(j.request.TmpDir, "composer")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	home := os.Getenv("HOME")
	for _, name := range []string{"auth.json", "config.json"} {
		for _, own := range []string{".config/composer", ".composer"} {
			path := filepath.Join(home, own, name)
			if info, err := os.Stat(path); home == "" || err != nil || !info.Mode().IsRegular() {
				continue
			}
			if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
				return err
			}
			break
		}
	}
	return nil
}
