package node

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/hooks"
)

// build runs the build script, or what the slot says instead, with what the
// framework kept of earlier builds.
func (j *job) build(ctx context.Context) ([]hooks.CacheUse, error) {
	o := j.request.App.Overrides
	env := append(j.env(), j.app.choice.buildEnv...)
	if _, set := j.request.App.Env["NODE_ENV"]; !set {
		env = append(env, "NODE_ENV=production")
	}
	if o.SkipBuild || o.Build == "" && j.app.manifest.scripts["build"] == "" {
		return nil, nil
	}
	if o.Build != "" {
		caches := j.restoreCaches()
		if err := j.b.UserCommand(ctx, "build", o.Build, env...); err != nil {
			return nil, err
		}
		return j.saveCaches(caches), nil
	}
	if w := j.app.workspace; w != nil {
		for _, each := range w.needs(j.app.manifest) {
			argv := j.app.manager.run("build")
			step := j.b.Step("build", strings.Join(argv, " ")+" in "+each.dir)
			if err := step.End(j.b.Run(ctx, filepath.Join(w.dir, each.dir), argv, env...)); err != nil {
				return nil, j.explain("build", err)
			}
		}
	}
	caches := j.restoreCaches()
	argv := j.app.manager.run("build")
	step := j.b.Step("build", strings.Join(argv, " ")+caches.told())
	if err := step.End(j.b.Run(ctx, j.request.App.AppDir, argv, env...)); err != nil {
		return nil, j.explain("build", err)
	}
	return j.saveCaches(caches), nil
}
