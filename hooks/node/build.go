package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// Build installs the dependencies, or links those kept of an earlier
// deployment, runs the build script and finds what is to be served.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return hooks.Result{}, err
	}
	defer files.Close()
	a, err := read(files, r.App)
	if errors.Is(err, fs.ErrNotExist) { // chosen by name, for an app without a manifest
		a, err = &app{bare: true}, nil
	}
	if err != nil {
		return hooks.Result{}, err
	}
	if a.choice.problem != nil {
		return hooks.Result{}, hooks.Fail(*a.choice.problem)
	}
	for _, d := range slices.Concat(a.manager.diagnostics, a.choice.warnings) {
		b.Diagnose(d)
	}
	runtime, err := findRuntime(ctx, r.CacheDir)
	if err != nil {
		return hooks.Result{}, err
	}
	a.version.Tool, a.version.Resolved = "node", runtime.version
	checkEngine(b, a.version)

	job := &job{app: a, request: r, b: b, files: files, runtime: runtime}
	result := hooks.Result{Plan: a.choice.plan, Versions: []hooks.Version{a.version}}
	if result.Caches, err = job.install(ctx); err != nil {
		return result, err
	}
	caches, err := job.build(ctx)
	if result.Caches = append(result.Caches, caches...); err != nil {
		return result, err
	}
	if err := job.settleEntry(&result.Plan); err != nil {
		return result, err
	}
	if err := job.carry(&result.Plan); err != nil {
		return result, err
	}
	if result.Plan.Static != nil && !a.told {
		root := pageRoot(files, a.choice.outputs)
		if root == "" {
			return hooks.Result{}, hooks.Fail(hooks.NoIndex(files, a.choice.outputs[0]))
		}
		result.Plan.Static.Root = root
		if files.Exists(path.Join(root, "404.html")) {
			result.Plan.Static.NotFound = "404.html"
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
	runtime runtime
	bin     string // folder of the package manager's program, "" for the machine's
	fetched bool   // into the cache
}

// checkEngine warns when the machine's node is not the one asked for.
func checkEngine(b *hooks.Build, v hooks.Version) {
	if v.Requested == "" || satisfies(v.Resolved, v.Requested) {
		return
	}
	b.Diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: codeEngine,
		Summary: fmt.Sprintf("the app asks for node %s (%s), and this machine has %s", v.Requested, v.Source, v.Resolved),
		Hint:    "install that version, or change what the app asks for",
	})
}

// pageRoot returns the folder of the built page: one of the outputs, or, as
// some tools nest it by project, one below.
func pageRoot(files *hooks.Files, outputs []string) string {
	has := func(dir string) bool { return files.Exists(path.Join(dir, "index.html")) }
	if i := slices.IndexFunc(outputs, has); i >= 0 {
		return outputs[i]
	}
	for _, output := range outputs {
		if output == "." {
			continue
		}
		entries, _ := files.List(output)
		for _, e := range entries {
			for _, dir := range []string{path.Join(output, e.Name(), "browser"), path.Join(output, e.Name())} {
				if e.IsDir() && has(dir) {
					return dir
				}
			}
		}
	}
	return ""
}
