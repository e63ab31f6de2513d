// Package bun is the build hook for apps that run on Bun. It owns what slot
// knows of telling them from apps that only install with it, of its lock file,
// and of its servers. It uses the Bun of the machine and starts nothing that
// outlives a build.
package bun

import (
	"context"
	"io/fs"
	"slices"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// New returns the hook.
func New() hooks.Hook { return hook{} }

type hook struct{}

func (hook) Describe() hooks.Description {
	return hooks.Description{
		Name: "bun", Version: "1", Summary: "Builds and runs apps for Bun",
		Languages: []string{"typescript", "javascript"},
		Tools:     []hooks.Tool{{Name: "bun", Constraint: ">=1", InstallHint: installHint}},
	}
}

// app is what the files say.
type app struct {
	manifest manifest
	choice   choice
	lock     string        // "" without a lock file
	version  hooks.Version // of Bun, as asked for
	told     bool          // the slot or a Procfile says what is served
}

// read looks at an app's folder. Without anything for this hook the error
// wraps fs.ErrNotExist.
func read(files *hooks.Files, in hooks.App) (*app, error) {
	a := &app{lock: files.First("bun.lock", "bun.lockb")}
	var err error
	if a.manifest, err = readManifest(files); err != nil {
		return nil, err
	}
	bunfig := files.Exists(configName)
	own := a.lock != "" || bunfig || a.manifest.names
	var ok bool
	if a.choice, ok = choose(files, a.manifest, own); !ok {
		return nil, fs.ErrNotExist
	}
	if bunfig {
		a.choice.evidence = append(a.choice.evidence, configName)
	}
	if a.lock != "" {
		a.choice.evidence = append(a.choice.evidence, a.lock)
	}
	processes, err := hooks.Procfile(files)
	if err != nil {
		return nil, err
	}
	a.told = in.Overrides.Start != "" || in.Overrides.StaticRoot != "" ||
		slices.ContainsFunc(processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb })
	a.version = wantedVersion(files, a.manifest, in.Overrides)
	return a, nil
}

// Detect matches an app whose start script runs a file with Bun, whose entry
// file calls Bun.serve, or that has Bun's lock file and an entry in TypeScript.
// All other apps that install with Bun are Node's.
func (hook) Detect(_ context.Context, in hooks.App) (hooks.Detection, error) {
	return hooks.Detector[app]{
		Language: "bun", Looks: []string{"a start script with bun", "index.ts with Bun.serve"}, Broken: hooks.ScoreEntryFile,
		Read: read, Judge: judge,
	}.Detect(in)
}

// judge says how sure it is, and why.
func judge(d *hooks.Detection, _ *hooks.Files, a *app) {
	d.Score, d.Framework = hooks.ScoreConfig, a.choice.framework
	d.Evidence = a.choice.evidence
	d.Diagnostics = a.unlocked()
	d.Preview = a.choice.plan
	switch {
	case !a.manifest.present && a.lock == "":
		d.Score = hooks.ScoreEntryFile
	case !a.manifest.present:
		d.Score = hooks.ScoreLock
	}
	if a.version.Requested != "" {
		d.Versions = []hooks.Version{a.version}
	}
}

// unlocked tells that the versions of the dependencies stand nowhere.
func (a *app) unlocked() []slot.Diagnostic {
	if a.lock != "" || !a.manifest.installs() {
		return nil
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityInfo, Code: "bun.no_lock", File: manifestName,
		Summary: "there is no bun.lock: each deployment installs the newest versions",
		Hint:    "run bun install and commit bun.lock",
	}}
}

func readText(files *hooks.Files, name string) string {
	data, _ := files.Read(name)
	return string(data)
}
