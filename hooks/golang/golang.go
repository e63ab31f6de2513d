// Package golang is the build hook for apps in Go. It owns what slot knows of
// modules and workspaces, of which package is the program, and of the go
// command's words for what went wrong. It uses the Go of the machine and starts
// nothing that outlives a build.
//
// Both of Go's caches are shared by all slots: the go command locks them itself
// and addresses them by content, a cold build cache costs half a minute
// (facts: 32 s with SQLite, 0.7 s warm), and with the same flags always, paths
// trimmed, one slot's compiled packages are those of any other. Go removes what
// it did not use for five days.
package golang

import (
	"context"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// New returns the hook.
func New() hooks.Hook { return hook{} }

type hook struct{}

func (hook) Describe() hooks.Description {
	return hooks.Description{
		Name: "go", Version: "1", Summary: "Builds and runs Go programs", Languages: []string{"go"},
		Tools: []hooks.Tool{{Name: "go", Constraint: ">=1.21", InstallHint: installHint}},
	}
}

// Detect matches a module, a workspace, or a main.go without either.
func (hook) Detect(_ context.Context, in hooks.App) (hooks.Detection, error) {
	return hooks.Detector[app]{
		Language: "go", Looks: []string{"go.mod", "main.go"}, Broken: hooks.ScoreManifest,
		Read: read, Judge: judge,
	}.Detect(in)
}

// judge says how sure it is, and why.
func judge(d *hooks.Detection, files *hooks.Files, a *app) {
	d.Score, d.Framework = a.score(files), a.framework
	d.Evidence = a.evidence
	d.Diagnostics = a.warnings(files)
	if a.version.Requested != "" {
		d.Versions = []hooks.Version{a.version}
	}
	if a.problem != nil {
		d.Diagnostics = append(d.Diagnostics, *a.problem)
		return
	}
	d.Preview = a.plan("app")
}

// score says how sure it is. The page or the front end of a Go program lies
// beside it as often as not, so a program outranks a package.json, whatever
// tools that configures; without one, whatever else is known wins.
func (a *app) score(files *hooks.Files) int {
	switch {
	case a.problem != nil && len(a.mains) == 0:
		return hooks.ScoreOverride
	case a.manifest == entryFile:
		return hooks.ScoreEntryFile
	case files.Exists("package.json") && a.problem != nil:
		return hooks.ScoreEntryFile
	case files.Exists("package.json"):
		return hooks.ScoreConfig
	case a.locked || len(a.requires) == 0:
		return hooks.ScoreLock
	}
	return hooks.ScoreManifest
}

// warnings tells what a build will pass over.
func (a *app) warnings(files *hooks.Files) []slot.Diagnostic {
	var all []slot.Diagnostic
	if !a.locked && len(a.requires) > 0 {
		all = append(all, slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "go.sum_missing", File: "go.mod",
			Summary: "there is no go.sum, without which dependencies are not built",
			Hint:    "run go mod tidy and commit go.sum",
		})
	}
	if a.problem == nil && files.Exists("package.json") {
		all = append(all, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "go.front_end", File: "package.json",
			Summary: "slot builds the Go program and leaves package.json alone",
			Hint:    "if it builds a front end, set install to \"npm ci && npm run build\"; or set hook to node",
		})
	}
	return all
}
