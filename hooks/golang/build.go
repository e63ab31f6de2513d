package golang

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// binDir is where programs are put that a Procfile or start may name, below
// the app's folder and in its PATH. Source: Heroku's buildpack for Go.
const binDir = "bin"

// Build downloads the modules and compiles the program.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	none := hooks.Result{}
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return none, err
	}
	defer files.Close()
	a, err := read(files, r.App)
	if errors.Is(err, fs.ErrNotExist) { // chosen by name
		return none, hooks.Fail(*noProgram(nil))
	}
	if err != nil {
		return none, err
	}
	if a.problem != nil {
		return none, hooks.Fail(*a.problem)
	}
	if err := a.readAbove(r.App); err != nil {
		return none, err
	}
	if a.version.Resolved, err = installed(ctx, r.TmpDir); err != nil {
		return none, err
	}
	a.version.Tool = "go"
	if err := a.checkVersion(b, os.Getenv("GOTOOLCHAIN")); err != nil {
		return none, err
	}
	if a.needsC() {
		b.Log("%s is C code: building with cgo", sqliteInC)
	}
	j := &job{app: a, request: r, b: b}
	if err := j.download(ctx); err != nil {
		return none, err
	}
	program, err := j.compile(ctx)
	return hooks.Result{Plan: a.plan(program), Versions: []hooks.Version{a.version}}, err
}

// job is one build.
type job struct {
	app     *app
	request hooks.BuildRequest
	b       *hooks.Build
}

// download fetches the modules, where there are any to fetch.
func (j *job) download(ctx context.Context) error {
	if command := j.request.App.Overrides.Install; command != "" {
		return j.b.UserCommand(ctx, "install", command, j.env()...)
	}
	if j.app.vendored || len(j.app.requires) == 0 {
		return nil
	}
	return j.run(ctx, "deps", "go mod download", "go", "mod", "download")
}

// compile builds the programs and returns the one that serves the slot.
func (j *job) compile(ctx context.Context) (program string, err error) {
	o := j.request.App.Overrides
	switch {
	case o.SkipBuild:
		return j.find()
	case o.Build != "":
		if err := j.b.UserCommand(ctx, "build", o.Build, j.env()...); err != nil {
			return "", err
		}
		return j.find()
	}
	if j.app.told || len(j.app.processes) > 0 {
		mains := j.app.mains
		if len(mains) == 0 {
			mains = []string{"./..."}
		}
		if err := j.goBuild(ctx, "programs", binDir+"/", mains...); err != nil || j.app.told {
			return "", err
		}
	}
	program = filepath.Join(j.request.OutputDir, "app")
	return program, j.goBuild(ctx, "build", program, j.app.mains[0])
}

// goBuild compiles, always with the same flags, of which more stand in GOFLAGS.
// -v names each package: a cold build is silent for minutes otherwise, which
// looks like one that hangs.
func (j *job) goBuild(ctx context.Context, step, output string, packages ...string) error {
	argv := []string{"go", "build", "-v", "-ldflags=-s -w", "-o", output}
	if j.request.NoCache {
		argv = append(argv, "-a")
	}
	return j.run(ctx, step, "go build "+strings.Join(packages, " "), append(argv, packages...)...)
}

// run runs the go command as a step and explains its failure.
func (j *job) run(ctx context.Context, step, title string, argv ...string) error {
	err := j.b.Step(step, title).End(j.b.Run(ctx, j.request.App.AppDir, argv, j.env()...))
	return explain(j.b, step, err)
}

// find returns the program that a command of the user built, by the names that
// go build gives one.
func (j *job) find() (string, error) {
	if j.app.told {
		return "", nil
	}
	names := []string{"app"}
	if m := majorSuffix.ReplaceAllString(j.app.module, ""); m != "" {
		names = append(names, path.Base(m))
	}
	for _, main := range j.app.mains {
		names = append(names, path.Base(main))
	}
	names = append(names, "server", "main", "out")
	for _, dir := range []string{".", binDir} {
		for _, name := range names {
			info, err := os.Stat(filepath.Join(j.request.App.AppDir, dir, name))
			if err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return "./" + path.Join(dir, name), nil
			}
		}
	}
	return "", hooks.Fail(slot.Diagnostic{
		Code: "go.no_program", Summary: "there is no program after the build command",
		Detail: "looked for " + strings.Join(names, ", ") + ", here and in " + binDir,
		Hint:   "let it write one with -o app, or set start to the command that runs the app",
	})
}
