// Package ruby is the build hook for apps in Ruby. It owns what slot knows of
// Bundler and its gems, of Rails, Sinatra and Rack, and of their words for what
// went wrong. It uses the Ruby of the machine and starts nothing that outlives
// a build.
//
// An app runs from the gems of the machine where these are exactly those that
// it asks for, as on a Debian whose packages it was locked to; they belong to
// the machine's Ruby then, and go with it. Gems in the user's home folder do
// not count: they come and go with the user's work. In any other case the gems
// are installed into the release, in vendor/bundle, and kept for the next
// deployment.
//
// Groups development and test are left out, and RACK_ENV and RAILS_ENV are
// production unless the slot's variables say otherwise: without those groups
// an app cannot run in development.
package ruby

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

const installHint = "install Ruby and Bundler: sudo apt-get install ruby ruby-dev bundler"

func (hook) Describe() hooks.Description {
	return hooks.Description{
		Name: "ruby", Version: "1", Summary: "Builds and runs Ruby web apps", Languages: []string{"ruby"},
		Tools: []hooks.Tool{
			{Name: "ruby", Constraint: ">=2.7", InstallHint: installHint},
			{Name: "bundle", Constraint: ">=2.1", InstallHint: installHint},
		},
	}
}

// app is what the files say.
type app struct {
	gems    gems
	choice  choice
	version hooks.Version // of Ruby, as asked for
	start   string        // what the slot or a Procfile says to start, "" for nothing
}

// read looks at an app's folder. Without anything for this hook the error
// wraps fs.ErrNotExist.
func read(files *hooks.Files, in hooks.App) (*app, error) {
	overrides := in.Overrides
	a := &app{gems: readGems(files)}
	a.choice = choose(files, a.gems, in.Slot)
	processes, err := hooks.Procfile(files)
	if err != nil {
		return nil, err
	}
	a.start = overrides.Start
	if i := slices.IndexFunc(processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb }); a.start == "" && i >= 0 {
		a.start = processes[i].Command()
	}
	switch told := a.start != "" || overrides.StaticRoot != ""; {
	case a.gems.file == "" && a.choice.entry == "":
		return nil, fs.ErrNotExist
	// Tools for a page that needs no build: the page is the app.
	case a.choice.problem != nil && !told && files.Exists("index.html"):
		return nil, fs.ErrNotExist
	case told:
		a.choice.told()
	}
	a.version = wantedVersion(files, a.gems, overrides)
	return a, nil
}

// Detect matches a Gemfile, a config.ru, or the entry file of an app without
// either.
func (hook) Detect(_ context.Context, in hooks.App) (hooks.Detection, error) {
	return hooks.Detector[app]{
		Language: "ruby", Looks: []string{"Gemfile", "config.ru", "app.rb"}, Broken: hooks.ScoreManifest,
		Read: read, Judge: judge,
	}.Detect(in)
}

// judge says how sure it is, and why.
func judge(d *hooks.Detection, files *hooks.Files, a *app) {
	d.Score, d.Framework = a.score(files), a.choice.framework
	d.Evidence = slices.Concat(a.choice.evidence, a.gems.evidence())
	d.Preview = a.choice.plan
	d.Diagnostics = slices.Concat(a.gems.diagnostics(), a.choice.diagnostics)
	if a.version.Requested != "" {
		d.Versions = []hooks.Version{a.version}
	}
	if a.choice.problem != nil {
		d.Diagnostics = append(d.Diagnostics, *a.choice.problem)
	}
}

// score says how sure it is. A package.json beside a web app in Ruby is that of
// its pages, whatever tools it configures.
func (a *app) score(files *hooks.Files) int {
	switch {
	case a.choice.configured, a.choice.serves && a.gems.file != "" && files.Exists("package.json"):
		return hooks.ScoreConfig
	case a.gems.file == "", a.choice.problem != nil: // others may know better
		return hooks.ScoreEntryFile
	case a.gems.lock != "":
		return hooks.ScoreLock
	}
	return hooks.ScoreManifest
}

func readText(files *hooks.Files, name string) string {
	if name == "" {
		return ""
	}
	data, _ := files.Read(name)
	return string(data)
}
