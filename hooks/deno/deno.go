// Package deno is the build hook for apps that run on Deno. It owns what slot
// knows of deno.json, of Deno's cache and lock file, and of how its servers
// are told where to listen. It uses the Deno of the machine and starts nothing
// that outlives a build.
package deno

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
		Name: "deno", Version: "1", Summary: "Builds and runs apps for Deno",
		Languages: []string{"typescript", "javascript"},
		Tools:     []hooks.Tool{{Name: "deno", Constraint: ">=2", InstallHint: installHint}},
	}
}

// app is what the files say.
type app struct {
	config  config
	choice  choice
	lock    string        // "" without a lock file that counts
	version hooks.Version // of Deno, as asked for
	told    bool          // the slot or a Procfile says what is served
}

// read looks at an app's folder. Without anything for this hook the error
// wraps fs.ErrNotExist.
func read(files *hooks.Files, in hooks.App) (*app, error) {
	a := &app{}
	var err error
	if a.config, err = readConfig(files); err != nil {
		return nil, err
	}
	a.choice = choose(files, a.config)
	if files.Exists(lockName) && !a.config.unlocked {
		a.lock = lockName
	}
	processes, err := hooks.Procfile(files)
	if err != nil {
		return nil, err
	}
	a.told = in.Overrides.Start != "" || in.Overrides.StaticRoot != "" ||
		slices.ContainsFunc(processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb })
	switch {
	case a.choice.problem == nil:
	case a.config.file == "" && a.lock == "",
		files.Exists("package.json"), // Deno is one of its tools
		files.Exists("index.html") && !a.told:
		return nil, fs.ErrNotExist
	}
	if a.told {
		a.choice.problem = nil
	}
	a.version = wantedVersion(files, a.config, in.Overrides)
	return a, nil
}

// Detect matches a deno.json of an app that is started by Deno, or a file that
// calls Deno.serve.
func (hook) Detect(_ context.Context, in hooks.App) (hooks.Detection, error) {
	return hooks.Detector[app]{
		Language: "deno", Looks: []string{"deno.json", "main.ts with Deno.serve"}, Broken: hooks.ScoreEntryFile,
		Read: read, Judge: judge,
	}.Detect(in)
}

// judge says how sure it is, and why.
func judge(d *hooks.Detection, _ *hooks.Files, a *app) {
	d.Score, d.Framework = hooks.ScoreEntryFile, a.choice.framework
	d.Evidence = a.choice.evidence
	d.Preview = a.choice.plan()
	if a.config.file != "" {
		d.Evidence = append(d.Evidence, a.config.file)
	}
	if a.lock != "" {
		d.Evidence = append(d.Evidence, a.lock)
	}
	switch {
	case a.choice.problem != nil: // others may know better
		d.Diagnostics = []slot.Diagnostic{*a.choice.problem}
	case a.config.file != "" || a.choice.script:
		d.Score = hooks.ScoreConfig
	case a.lock != "":
		d.Score = hooks.ScoreLock
	}
	if len(d.Evidence) == 0 {
		d.Evidence = []string{a.choice.entry}
	}
	d.Diagnostics = append(d.Diagnostics, a.unlocked()...)
	if a.version.Requested != "" {
		d.Versions = []hooks.Version{a.version}
	}
}

// unlocked tells that the versions of the dependencies stand nowhere.
func (a *app) unlocked() []slot.Diagnostic {
	if a.lock != "" || len(a.config.imports) == 0 || a.choice.problem != nil {
		return nil
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityInfo, Code: "deno.no_lock", File: a.config.file,
		Summary: "there is no deno.lock: each deployment may get other versions of the dependencies",
		Hint:    "run deno install and commit deno.lock",
	}}
}

func readText(files *hooks.Files, name string) string {
	data, _ := files.Read(name)
	return string(data)
}
