package node

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// install brings node_modules into the app's folder.
func (j *job) install(ctx context.Context) ([]hooks.CacheUse, error) {
	command := j.request.App.Overrides.Install
	if j.app.bare {
		return nil, j.b.UserCommand(ctx, "install", command, j.env()...)
	}
	if err := j.provide(ctx); err != nil {
		return nil, err
	}
	env := append(j.env(), "NODE_ENV=development")
	switch {
	case command != "":
		return nil, j.b.UserCommand(ctx, "install", command, env...)
	case !j.installs():
		return nil, nil
	}
	cache, why := j.openCache()
	argv := j.app.manager.install()
	step := j.b.Step("install", strings.Join(argv[:min(2, len(argv))], " "))
	if cache == nil {
		step.Cache(hooks.CacheBypass)
		if why != "" {
			j.b.Log("dependencies are installed afresh: %s", why)
		}
		_, err := j.runInstall(ctx, argv, env)
		if err == nil && j.app.workspace != nil {
			err = j.app.workspace.linkPrograms()
		}
		return nil, j.ended(step, err)
	}
	use := hooks.CacheUse{Name: "node_modules", Key: cache.Key}
	modules := filepath.Join(j.app.top(j.request.App), "node_modules")
	var note keptNote
	size, hit, err := cache.Restore(modules, &note)
	if err != nil {
		return nil, j.ended(step, err)
	}
	if hit {
		step.Cache(hooks.CacheHit)
		_ = step.End(nil)
		if note.OutOfSync {
			j.b.Diagnose(lockOutOfSync())
		}
		use.Hit, use.Bytes = true, size
		return []hooks.CacheUse{use}, j.repeat(ctx, env)
	}
	step.Cache(hooks.CacheMiss)
	loose, err := j.runInstall(ctx, argv, env)
	if err := j.ended(step, err); err != nil {
		return nil, err
	}
	if use.Bytes, err = cache.Save(modules, keptNote{OutOfSync: loose}); err != nil {
		j.b.Log("the dependencies are not kept for the next deployment: %v", err)
	}
	return []hooks.CacheUse{use}, nil
}

// installs reports whether there is anything to install.
func (j *job) installs() bool {
	return j.app.workspace != nil || j.app.manifest.installs()
}

// ended ends the step and explains its failure.
func (j *job) ended(step *hooks.Step, err error) error {
	if step.End(err) == nil {
		return nil
	}
	return j.explain("install", err)
}

// runInstall installs; loose tells that the lock file did not fit and was not
// followed.
func (j *job) runInstall(ctx context.Context, argv, env []string) (loose bool, err error) {
	dir := j.app.top(j.request.App)
	err = j.b.Run(ctx, dir, argv, env...)
	var failed *hooks.CommandError
	if argv[0] != "npm" || !errors.As(err, &failed) || !outOfSync.MatchString(strings.Join(failed.Output, "\n")) {
		return false, err
	}
	j.b.Diagnose(lockOutOfSync())
	without := j.app.manager
	without.lock = ""
	return true, j.b.Run(ctx, dir, without.install(), env...)
}

func lockOutOfSync() slot.Diagnostic {
	return slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: codeLock, File: "package-lock.json",
		Summary: "package-lock.json does not fit package.json: npm install chose versions itself",
		Hint:    "run npm install and commit package-lock.json",
	}
}
