// Package static is the build hook for folders of files that need no build,
// or one that the slot's configuration names.
package static

import (
	"context"
	"path"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// New returns the hook.
func New() hooks.Hook { return hook{} }

type hook struct{}

func (hook) Describe() hooks.Description {
	return hooks.Description{Name: "static", Version: "1", Summary: "Serves a folder of files", Languages: []string{"html"}}
}

// Detect matches a Staticfile, or an index.html where static sites have it.
func (hook) Detect(_ context.Context, app hooks.App) (hooks.Detection, error) {
	d := hooks.Detection{Evidence: []string{"index.html"}}
	files, err := hooks.OpenFiles(app.AppDir)
	if err != nil {
		return d, err
	}
	defer files.Close()
	root, evidence, score := find(files, app)
	if score == 0 {
		return d, nil
	}
	return hooks.Detection{
		Matched: true, Score: score, Language: "html", Evidence: []string{evidence},
		Preview: slot.LaunchPlan{Static: site(files, root)},
	}, nil
}

// Build runs the commands of the slot's configuration and looks for the page.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	o := r.App.Overrides
	if err := b.UserCommand(ctx, "install", o.Install); err != nil {
		return hooks.Result{}, err
	}
	if !o.SkipBuild {
		if err := b.UserCommand(ctx, "build", o.Build); err != nil {
			return hooks.Result{}, err
		}
	}
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return hooks.Result{}, err
	}
	defer files.Close()
	root, _, _ := find(files, r.App)
	if !files.Exists(path.Join(root, "index.html")) && o.Start == "" {
		return hooks.Result{}, hooks.Fail(hooks.NoIndex(files, root))
	}
	return hooks.Result{Plan: slot.LaunchPlan{Static: site(files, root)}}, nil
}

var rootLine = lazyregexp.New(`(?m)^root:[ \t]*["']?([^"'\r\n#]+)`)

// find returns the folder to serve and why; a score of 0 means that there is
// none.
func find(files *hooks.Files, app hooks.App) (root, evidence string, score int) {
	if root = app.Overrides.StaticRoot; root != "" {
		return path.Clean(root), "static_root: " + root, hooks.ScoreOverride
	}
	if data, err := files.Read("Staticfile"); err == nil {
		root = "."
		if m := rootLine.FindSubmatch(data); m != nil {
			root = path.Clean(strings.TrimSpace(string(m[1])))
		}
		return root, "Staticfile: root " + root, hooks.ScoreConfig
	}
	for _, dir := range hooks.OutputDirs() {
		if page := path.Join(dir, "index.html"); files.Exists(page) {
			return dir, page, hooks.ScorePage
		}
	}
	return ".", "", 0
}

func site(files *hooks.Files, root string) *slot.StaticSite {
	s := &slot.StaticSite{Root: root}
	if files.Exists(path.Join(root, "404.html")) {
		s.NotFound = "404.html"
	}
	return s
}
