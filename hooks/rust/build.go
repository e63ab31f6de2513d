package rust

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// job is one build.
type job struct {
	app     *app
	request hooks.BuildRequest
	b       *hooks.Build
	rust    string // the version that builds
	warm    bool   // dependencies of an earlier build are there
}

// Build fetches the crates and compiles the program.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	none := hooks.Result{}
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return none, err
	}
	defer files.Close()
	a, err := read(files, r.App)
	if errors.Is(err, fs.ErrNotExist) { // chosen by name
		return none, hooks.Fail(slot.Diagnostic{
			Code: "rust.no_manifest", Summary: "there is no Cargo.toml", Hint: "set root to the folder that has it",
		})
	}
	if err != nil {
		return none, err
	}
	if a.problem != nil {
		return none, hooks.Fail(*a.problem)
	}
	j := &job{app: a, request: r, b: b}
	if err := j.lendConfiguration(); err != nil {
		return none, err
	}
	if j.rust, err = j.installed(ctx); err != nil {
		return none, err
	}
	if err := a.checkVersion(b, j.rust); err != nil {
		return none, err
	}
	if err := j.fetch(ctx); err != nil {
		return none, err
	}
	program, err := j.compile(ctx)
	if err != nil {
		return none, err
	}
	v := hooks.Version{Tool: "rust"}
	if asked := a.versions(); len(asked) > 0 {
		v = asked[0]
	}
	v.Resolved = j.rust
	return hooks.Result{
		Plan: a.plan(program), Versions: []hooks.Version{v}, Caches: []hooks.CacheUse{{Name: "target", Hit: j.warm}},
	}, nil
}

// locked is the flag that keeps cargo to the lock file, where there is one.
func (j *job) locked() []string {
	if j.app.locked {
		return []string{"--locked"}
	}
	return nil
}

// fetch downloads the crates: a failure of the network is no compile error
// then, and cargo has a lock file from here on.
func (j *job) fetch(ctx context.Context) error {
	j.app.locked = j.request.App.Upwards(lockName) != ""
	if command := j.request.App.Overrides.Install; command != "" {
		return j.b.UserCommand(ctx, "install", command, j.env()...)
	}
	if !j.app.locked {
		j.b.Diagnose(slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "rust.lock_missing", File: manifestName,
			Summary: "there is no Cargo.lock, so every deployment may get other versions of its dependencies",
			Hint:    "commit Cargo.lock; cargo build writes it",
		})
	}
	argv := append([]string{"cargo", "fetch"}, j.locked()...)
	return j.run(ctx, j.b.Step("deps", strings.Join(argv, " ")), "deps", argv)
}

// compile builds the programs and returns the one that serves the slot.
func (j *job) compile(ctx context.Context) (program string, err error) {
	o, a := j.request.App.Overrides, j.app
	if o.SkipBuild {
		return j.pick(j.present(a.names()))
	}
	if err := j.freshen(ctx); err != nil {
		return "", err
	}
	if o.Build != "" {
		if err := j.b.UserCommand(ctx, "build", o.Build, j.env()...); err != nil {
			return "", err
		}
		found, err := j.collect(a.names())
		if err != nil {
			return "", err
		}
		return j.pick(found)
	}
	argv := append([]string{"cargo", "build", "--release"}, j.locked()...)
	wanted := a.names()
	switch {
	case a.told || len(a.processes) > 0: // which may name any of them
		argv = append(argv, "--bins")
	default:
		argv = append(argv, "--bin", a.program)
		wanted = []string{a.program}
	}
	step := j.b.Step("build", strings.Join(argv, " "))
	step.Cache(hooks.CacheMiss)
	if j.warm {
		step.Cache(hooks.CacheHit)
	}
	if err := j.run(ctx, step, "build", argv); err != nil {
		return "", err
	}
	found, err := j.collect(wanted)
	if err != nil || a.told {
		return "", err
	}
	return j.pick(slices.DeleteFunc(found, func(name string) bool { return name != a.program }))
}

// pick returns the program to serve with out of those that are there.
func (j *job) pick(found []string) (string, error) {
	a := j.app
	switch {
	case a.told:
		return "", nil
	case slices.Contains(found, a.program):
		return a.program, nil
	case len(found) == 1:
		return found[0], nil
	}
	d := slot.Diagnostic{
		Code: "rust.no_program", Summary: "there is no program after the build",
		Detail: "looked for " + strings.Join(a.names(), ", ") + " in cargo's target folder and in " + binDir,
		Hint:   "build one of them with cargo, or set start to the command that runs the app",
	}
	if len(found) > 1 {
		d = *a.several()
	}
	return "", hooks.Fail(d)
}

// run runs cargo as a step and explains its failure.
func (j *job) run(ctx context.Context, step *hooks.Step, id string, argv []string) error {
	return explain(j.b, id, step.End(j.b.Run(ctx, j.request.App.AppDir, argv, j.env()...)))
}
