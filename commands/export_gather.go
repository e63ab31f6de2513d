package commands

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/export"
	"github.com/slot-paas/slot/supervisor/store"
)

// gather asks the daemon for what there is to know of the slot's live release.
func (o *exportOptions) gather(ctx context.Context, w *World, c *api.Client, n slot.Name) (*export.App, error) {
	s, err := w.settings()
	if err != nil {
		return nil, err
	}
	releases, err := c.Releases(ctx, n)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(releases.Releases, func(r slot.Release) bool { return r.ID == releases.Live })
	if i < 0 {
		return nil, slot.E(slot.KindNotFound, fmt.Sprintf("slot deploy %s https://github.com/you/app", n), fmt.Errorf("slot %s has no live release", n))
	}
	cfg, err := c.Config(ctx)
	if err != nil {
		return nil, err
	}
	rel := releases.Releases[i]
	app := &export.App{Release: rel, Config: cfg.Slots[n], Name: appName(rel)}
	app.Dir = filepath.Join(store.Layout{Home: s.Home}.Artefact(n, rel.Artefact), "src")
	app.Files = os.DirFS(app.Dir)
	env, err := c.Env(ctx, n)
	if err != nil {
		return nil, err
	}
	app.Env, app.LeftOut = leaveOut(env, o.secrets)
	app.Tool = toolVersion(ctx, rel.Hook, filepath.Join(app.Dir, filepath.FromSlash(rel.Source.Root)))
	app.Database, err = o.askDatabase(ctx, c, app, env["DATABASE_URL"] != "")
	return app, err
}

// leaveOut takes the secrets out, unless they are wanted.
func leaveOut(env map[string]string, secrets bool) (kept map[string]string, left []string) {
	kept, left = maps.Clone(env), []string{}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if slot.SecretVariable(name, env[name]) && !secrets {
			left = append(left, name)
			delete(kept, name)
		}
	}
	return kept, left
}

var notInNames = lazyregexp.New(`[^a-z0-9]+`)

// appName is the repository's name as one of images and of Kubernetes.
func appName(rel slot.Release) string {
	name := strings.TrimSuffix(rel.Source.Repository, ".git")
	if u, err := url.Parse(name); err == nil {
		name = u.Path
	}
	if root := path.Clean(rel.Source.Root); root != "." {
		name = root
	}
	name = strings.Trim(notInNames.ReplaceAllString(strings.ToLower(path.Base(name)), "-"), "-")
	if name == "" || name[0] < 'a' { // Kubernetes wants a letter first
		name = strings.Trim("app-"+name, "-")
	}
	return name[:min(len(name), 40)]
}

var someVersion = lazyregexp.New(`\d+\.\d+(?:\.\d+)?`)

// toolVersion asks the language of a release for its version, "" where it does
// not say one.
func toolVersion(ctx context.Context, hook, dir string) string {
	argv := map[string][]string{
		"node": {"node", "--version"}, "python": {filepath.Join(dir, ".venv/bin/python"), "--version"}, "go": {"go", "env", "GOVERSION"},
	}[hook]
	if argv == nil {
		return ""
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return someVersion.FindString(string(out))
}
