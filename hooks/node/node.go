// Package node is the build hook for apps in JavaScript and TypeScript that
// run on Node.js, or that Node.js builds into a folder of files. It owns what
// slot knows of npm and its relatives, of the frameworks, and of keeping
// installed dependencies between deployments. It uses the Node.js of the
// machine and starts nothing that outlives a build.
package node

import (
	"context"
	"errors"
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
		Name: "node", Version: "1", Summary: "Builds and runs Node.js apps and the sites that Node.js tools build",
		Languages: []string{"node"},
		Tools: []hooks.Tool{
			{Name: "node", InstallHint: "install Node.js 20 or newer"},
			{Name: "npm", InstallHint: "it comes with Node.js"},
		},
	}
}

// app is what the files say.
type app struct {
	manifest    manifest
	workspace   *workspace // nil where it is on its own
	manager     manager
	choice      choice
	version     hooks.Version // of node, as asked for
	plugAndPlay bool          // a script loads yarn's own resolver
	bare        bool          // no package.json, only an entry file
	told        bool          // the slot or a Procfile says what is served
}

// top is the folder in which dependencies are installed.
func (a *app) top(in hooks.App) string {
	if a.workspace != nil {
		return a.workspace.dir
	}
	return in.AppDir
}

// read looks at an app's folder, and at the workspace it is in. Without
// anything for this hook the error wraps fs.ErrNotExist.
func read(files *hooks.Files, in hooks.App) (*app, error) {
	a, overrides := &app{}, in.Overrides
	data, err := files.Read("package.json")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a.bare = true
		if a.choice = chooseBare(files); a.choice.framework == "" {
			return nil, fs.ErrNotExist
		}
		return a, nil
	case err != nil:
		return nil, err
	}
	if a.manifest, err = parseManifest(data); err != nil {
		return nil, err
	}
	a.workspace = findWorkspace(in)
	if err := a.readTop(files, in); err != nil {
		return nil, err
	}
	for _, script := range a.manifest.scripts {
		a.plugAndPlay = a.plugAndPlay || plugAndPlay.MatchString(script)
	}
	processes, err := hooks.Procfile(files)
	if err != nil {
		return nil, err
	}
	a.choice = choose(files, a.manifest, a.manager)
	if a.isTopOnly(files) {
		a.choice = choice{framework: "node", evidence: []string{"package.json"}, problem: a.workspace.chooseOne(in)}
	}
	a.told = overrides.Start != "" || overrides.StaticRoot != "" ||
		slices.ContainsFunc(processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb })
	if a.told {
		a.choice.problem = nil
	}
	return a, nil
}

// readTop reads what is said where dependencies are installed: the package
// manager and the version of node.
func (a *app) readTop(files *hooks.Files, in hooks.App) error {
	a.version = wantedVersion(files, a.manifest, in.Overrides)
	if a.workspace == nil || a.workspace.here == "." {
		a.manager = pickManager(files, a.manifest)
		return nil
	}
	top, err := hooks.OpenFiles(a.workspace.dir)
	if err != nil {
		return err
	}
	defer top.Close()
	a.manager = pickManager(top, a.workspace.manifest)
	if a.version.Requested == "" {
		a.version = wantedVersion(top, a.workspace.manifest, in.Overrides)
	}
	return nil
}

// Detect matches a package.json, or the entry file of a server without one.
func (hook) Detect(_ context.Context, in hooks.App) (hooks.Detection, error) {
	return hooks.Detector[app]{
		Language: "node", Looks: []string{"package.json", "server.js"}, Broken: hooks.ScoreManifest,
		Read: read, Judge: judge,
	}.Detect(in)
}

// judge says how sure it is, and why.
func judge(d *hooks.Detection, files *hooks.Files, a *app) {
	// Tools for a page that needs no build: the page is the app.
	if a.choice.problem != nil && a.choice.problem.Code == codeNoStart && files.Exists("index.html") {
		d.Matched = false
		return
	}
	d.Score, d.Framework = hooks.ScoreManifest, a.choice.framework
	d.Evidence = a.choice.evidence
	d.Diagnostics = a.manager.diagnostics
	d.Preview = a.choice.plan
	switch {
	case a.bare:
		d.Score = hooks.ScoreEntryFile
	case a.choice.configured:
		d.Score = hooks.ScoreConfig
	case a.manager.lock != "":
		d.Score = hooks.ScoreLock
	}
	if a.workspace != nil && a.workspace.here != "." {
		d.Evidence = append(d.Evidence, "the workspace's top")
	}
	if a.manager.evidence != "" {
		d.Evidence = append(d.Evidence, a.manager.evidence)
	}
	if a.version.Requested != "" {
		d.Versions = []hooks.Version{a.version}
	}
	d.Diagnostics = append(d.Diagnostics, a.choice.warnings...)
	if a.choice.problem != nil {
		d.Diagnostics = append(d.Diagnostics, *a.choice.problem)
	}
}
