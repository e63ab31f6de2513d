// Package python is the build hook for web apps in Python. It owns what slot
// knows of pip and its relatives, of the frameworks, and of keeping installed
// dependencies between deployments. It uses the Python of the machine, gives
// each release a virtual environment of its own, and starts nothing that
// outlives a build.
package python

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
		Name: "python", Version: "1", Summary: "Builds and runs Python web apps",
		Languages: []string{"python"},
		Tools: []hooks.Tool{
			{Name: "python3", InstallHint: "install Python 3.9 or newer with its venv module (apt-get install python3-venv)"},
		},
	}
}

// app is what the files say.
type app struct {
	manifest manifest
	choice   choice
	version  hooks.Version // of Python, as asked for
	start    string        // what the slot or a Procfile says to start, "" for nothing
}

// read looks at an app's folder. Without anything for this hook the error
// wraps fs.ErrNotExist.
func read(files *hooks.Files, in hooks.App) (*app, error) {
	a := &app{}
	var err error
	if a.manifest, err = readManifest(files); err != nil {
		return nil, err
	}
	a.choice = choose(files, a.manifest)
	processes, err := hooks.Procfile(files)
	if err != nil {
		return nil, err
	}
	a.start = in.Overrides.Start
	if i := slices.IndexFunc(processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb }); a.start == "" && i >= 0 {
		a.start = processes[i].Command()
	}
	switch {
	case a.manifest.bare() && a.choice.entry == "":
		return nil, fs.ErrNotExist
	// A tool for a page that needs no build: the page is the app.
	case a.choice.weak(a.manifest) && a.start == "" && files.Exists("index.html"):
		return nil, fs.ErrNotExist
	}
	if a.start != "" || in.Overrides.StaticRoot != "" {
		a.choice.told(a.start)
	}
	a.version = wantedVersion(files, a.manifest.project, in.Overrides)
	return a, nil
}

// Detect matches a manifest of dependencies, a manage.py, or the entry file of
// an app without a manifest.
func (hook) Detect(_ context.Context, in hooks.App) (hooks.Detection, error) {
	return hooks.Detector[app]{
		Language: "python", Looks: []string{"requirements.txt", "pyproject.toml", "Pipfile", "app.py"}, Broken: hooks.ScoreManifest,
		Read: read, Judge: judge,
	}.Detect(in)
}

// judge says how sure it is, and why.
func judge(d *hooks.Detection, _ *hooks.Files, a *app) {
	d.Score, d.Framework = hooks.ScoreManifest, a.choice.framework
	d.Evidence = slices.Concat(a.choice.evidence, a.manifest.evidence())
	d.Preview = a.choice.plan
	d.Diagnostics = slices.Concat(a.manifest.diagnostics, a.choice.diagnostics)
	switch {
	case a.choice.configured:
		d.Score = hooks.ScoreConfig
	case a.manifest.bare(), a.choice.problem != nil: // others may know better
		d.Score = hooks.ScoreEntryFile
	case a.manifest.locked:
		d.Score = hooks.ScoreLock
	}
	if a.version.Requested != "" {
		d.Versions = []hooks.Version{a.version}
	}
	if a.choice.problem != nil {
		d.Diagnostics = append(d.Diagnostics, *a.choice.problem)
	}
}

func readText(files *hooks.Files, name string) string {
	if name == "" {
		return ""
	}
	data, _ := files.Read(name)
	return string(data)
}
