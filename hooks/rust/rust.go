// Package rust is the build hook for apps in Rust. It owns what slot knows of
// Cargo's packages and workspaces, of which binary is the program, and of the
// words of cargo and rustc for what went wrong. It uses the Rust of the machine
// and starts nothing that outlives a build.
//
// Downloads are shared by all slots in a cargo home of slot's own, which cargo
// locks itself. What was compiled is each slot's: a target folder is locked for
// the whole of a build, and two apps rarely compile a dependency alike.
package rust

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
		Name: "rust", Version: "1", Summary: "Builds and runs Rust programs with cargo", Languages: []string{"rust"},
		Tools: []hooks.Tool{{Name: "cargo", InstallHint: installHint}, {Name: "cc", InstallHint: linkerHint}},
	}
}

// Detect matches a Cargo.toml.
func (hook) Detect(_ context.Context, in hooks.App) (hooks.Detection, error) {
	return hooks.Detector[app]{
		Language: "rust", Looks: []string{manifestName}, Broken: hooks.ScoreManifest,
		Read: read, Judge: judge,
	}.Detect(in)
}

// judge says how sure it is, and why.
func judge(d *hooks.Detection, files *hooks.Files, a *app) {
	d.Score, d.Framework = a.score(files), a.framework
	d.Evidence = a.evidence
	d.Versions = a.versions()
	if a.problem != nil {
		d.Diagnostics = append(d.Diagnostics, *a.problem)
		return
	}
	if files.Exists("package.json") {
		d.Diagnostics = append(d.Diagnostics, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "rust.front_end", File: "package.json",
			Summary: "slot builds the Rust program and leaves package.json alone",
			Hint:    "if it builds a front end, set install to \"npm ci && npm run build\"; or set hook to node",
		})
	}
	d.Preview = a.plan(a.program)
}

// score says how sure it is. Native modules of Node and Python have a
// Cargo.toml too, but no program: whatever else is known wins then.
func (a *app) score(files *hooks.Files) int {
	switch {
	case a.problem != nil && len(a.bins) == 0:
		return hooks.ScoreOverride
	case files.Exists("package.json") && a.problem != nil:
		return hooks.ScoreEntryFile
	case files.Exists("package.json"):
		return hooks.ScoreConfig
	case a.locked:
		return hooks.ScoreLock
	}
	return hooks.ScoreManifest
}
