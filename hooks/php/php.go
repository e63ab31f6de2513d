// Package php is the build hook for apps in PHP. It owns what slot knows of
// Composer, of where an app's pages are, of the extensions that it needs, and
// of their words for what went wrong. It uses the PHP of the machine and starts
// nothing that outlives a build.
//
// An app is served by FrankenPHP where the machine has it, else by PHP's own
// server for development, with several workers and a router that slot writes.
//
// What frameworks compute from their settings (artisan config:cache, Symfony's
// .env.local.php) is not made here: it freezes the variables of the moment into
// the release, while builds do not see the slot's, and a change of those starts
// the same files again. For the same reason no migration is run: only the
// running app knows its database. A Procfile's release line does it.
package php

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
		Name: "php", Version: "1", Summary: "Runs PHP web apps", Languages: []string{"php"},
		Tools: []hooks.Tool{
			{Name: "php", Constraint: ">=7.4", InstallHint: installHint},
			{Name: "composer", Constraint: ">=2", InstallHint: composerHint},
			{Name: "frankenphp", InstallHint: "a server for production, in place of PHP's own; from https://frankenphp.dev"},
		},
	}
}

// app is what the files say.
type app struct {
	composer composer
	choice   choice
	version  hooks.Version // of PHP, as asked for
	start    string        // what the slot or a Procfile says to start, "" for nothing
}

// read looks at an app's folder. Without anything for this hook the error
// wraps fs.ErrNotExist.
func read(files *hooks.Files, in hooks.App) (*app, error) {
	c, err := readComposer(files)
	if err != nil {
		return nil, err
	}
	a := &app{composer: c, choice: choose(files, c, in.Slot), start: in.Overrides.Start}
	processes, err := hooks.Procfile(files)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb }); a.start == "" && i >= 0 {
		a.start = processes[i].Command()
	}
	switch told := a.told(in.Overrides); {
	case !c.there && a.choice.index == "":
		return nil, fs.ErrNotExist
	// Tools for a page that needs no build: the page is the app.
	case a.choice.problem != nil && !told && files.Exists("index.html"):
		return nil, fs.ErrNotExist
	case told && a.choice.problem != nil:
		a.choice.problem = nil
	}
	a.version = wantedVersion(files, c, in.Overrides)
	return a, nil
}

// told reports whether the slot or the Procfile says what serves.
func (a *app) told(o hooks.Overrides) bool { return a.start != "" || o.StaticRoot != "" }

// Detect matches a composer.json, or an index.php where pages are served from.
func (hook) Detect(_ context.Context, in hooks.App) (hooks.Detection, error) {
	return hooks.Detector[app]{
		Language: "php", Looks: []string{"composer.json", "index.php", "public/index.php"}, Broken: hooks.ScoreManifest,
		Read: read, Judge: judge,
	}.Detect(in)
}

// judge says how sure it is, and why.
func judge(d *hooks.Detection, files *hooks.Files, a *app) {
	d.Score, d.Framework = a.score(files), a.choice.framework
	d.Evidence = slices.Concat(a.choice.evidence, a.composer.evidence())
	d.Preview = a.choice.plan(false)
	d.Diagnostics = slices.Concat(a.composer.diagnostics(), a.choice.diagnostics)
	if a.version.Requested != "" {
		d.Versions = []hooks.Version{a.version}
	}
	if a.choice.problem != nil {
		d.Diagnostics = append(d.Diagnostics, *a.choice.problem)
	}
}

// score says how sure it is. A package.json beside pages in PHP is that of
// their scripts and styles, whatever tools it configures.
func (a *app) score(files *hooks.Files) int {
	front := files.Exists("package.json")
	switch {
	case a.choice.problem != nil: // others may know better
		return hooks.ScoreEntryFile
	case a.choice.configured, front && a.composer.there && a.choice.index != "":
		return hooks.ScoreConfig
	case a.composer.there && a.composer.locked, front:
		return hooks.ScoreLock
	case a.composer.there:
		return hooks.ScoreManifest
	}
	return hooks.ScoreEntryFile
}

func readText(files *hooks.Files, name string) string {
	if name == "" {
		return ""
	}
	data, _ := files.Read(name)
	return string(data)
}
