package deno

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// storeName is Deno's folder of modules, in the app's own: a release has all
// that it runs from. Deno takes it as relative to where it is started.
const storeName = ".deno"

// Build brings the modules that the app imports into the release and runs the
// build task.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	none := hooks.Result{}
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return none, err
	}
	defer files.Close()
	a, err := read(files, r.App)
	if errors.Is(err, fs.ErrNotExist) { // chosen by name
		c, err := readConfig(files)
		if err != nil {
			return none, err
		}
		a = &app{config: c, choice: choose(files, c), told: r.App.Overrides.Start != ""}
	} else if err != nil {
		return none, err
	}
	if a.choice.problem != nil && !a.told {
		return none, hooks.Fail(*a.choice.problem)
	}
	if a.version.Resolved, err = installed(ctx, r.TmpDir); err != nil {
		return none, err
	}
	a.version.Tool = "deno"
	if err := checkVersion(b, a.version); err != nil {
		return none, err
	}
	j := &job{app: a, request: r, b: b, files: files}
	result := hooks.Result{Plan: a.choice.plan(), Versions: []hooks.Version{a.version}}
	if mirror := os.Getenv(registryName); mirror != "" && result.Plan.Static == nil {
		result.Plan.Env[registryName] = withoutUser(mirror) // packages are kept by their registry
	}
	if result.Caches, err = j.install(ctx); err != nil {
		return result, err
	}
	if err := j.build(ctx); err != nil {
		return result, err
	}
	if result.Plan.Static != nil && !a.told {
		if result.Plan.Static.Root = pageRoot(files, a.choice.outputs); result.Plan.Static.Root == "" {
			return none, hooks.Fail(hooks.NoIndex(files, a.choice.outputs[0]))
		}
	}
	return result, nil
}

// job is one build.
type job struct {
	app     *app
	request hooks.BuildRequest
	b       *hooks.Build
	files   *hooks.Files
}

// build runs the build task, or what the slot says instead, and fetches what
// the module that it made imports.
func (j *job) build(ctx context.Context) error {
	o, entry := j.request.App.Overrides, j.app.choice.entry
	before := j.files.Exists(entry)
	switch {
	case o.SkipBuild:
		return nil
	case o.Build != "":
		if err := j.b.UserCommand(ctx, "build", o.Build, j.env()...); err != nil {
			return err
		}
	case j.app.config.tasks["build"] == "":
		return j.checkEntry()
	default:
		if err := j.run(ctx, "build", "deno", "task", "build"); err != nil {
			return err
		}
	}
	if err := j.checkEntry(); err != nil || before || entry == "" {
		return err
	}
	return j.run(ctx, "modules", j.installEntry()...)
}

// checkEntry explains a start task that starts nothing.
func (j *job) checkEntry() error {
	entry := j.app.choice.entry
	if entry == "" || j.app.told || j.files.Exists(entry) || filepath.IsAbs(entry) {
		return nil
	}
	return hooks.Fail(slot.Diagnostic{
		Code: "deno.entry_missing", Summary: "the app is started from " + entry + ", which is not there after the build",
		File: j.app.config.file, Hint: "commit it, name it in the start task as it is, or add a build task that makes it",
	})
}

// run runs Deno as a step and explains its failure.
func (j *job) run(ctx context.Context, step string, argv ...string) error {
	title := argv[0] + " " + argv[1]
	if step == "build" {
		title += " " + argv[2]
	}
	err := j.b.Step(step, title).End(j.b.Run(ctx, j.request.App.AppDir, argv, j.env()...))
	return j.explain(step, err)
}

// env keeps Deno in the release's folder, and makes it plain.
func (j *job) env() []string {
	return []string{
		"DENO_DIR=" + filepath.Join(j.request.App.AppDir, storeName), "DENO_NO_UPDATE_CHECK=1", "DENO_NO_PROMPT=1", "NO_COLOR=1",
		"DENO_TLS_CA_STORE=mozilla,system", // a company's proxy has a certificate of its own
		"RUST_BACKTRACE=0",
	}
}

// pageRoot returns the first of the outputs that holds a page, "" for none.
func pageRoot(files *hooks.Files, outputs []string) string {
	for _, dir := range outputs {
		if files.Exists(path.Join(dir, "index.html")) {
			return dir
		}
	}
	return ""
}
