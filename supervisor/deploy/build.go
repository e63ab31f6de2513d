package deploy

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

// app is what the hooks are told of the source.
func (r *run) app() host.App {
	return host.App{
		Slot:      r.lane.name,
		SourceDir: r.src(),
		AppDir:    r.lane.e.appDir(r.release),
		Commit:    r.release.Source.Commit,
		Env:       buildEnv(r.release.Env),
		Overrides: host.Overrides{
			Install:    r.cfg.Install,
			Build:      r.cfg.Build.Command,
			SkipBuild:  r.cfg.Build.Enabled != nil && !*r.cfg.Build.Enabled,
			Start:      r.cfg.Start,
			StaticRoot: r.cfg.StaticRoot,
			SPA:        r.cfg.SPA,
			Versions:   r.cfg.Versions,
			Options:    r.cfg.Options,
		},
	}
}

// detect asks every hook and takes the best one, or the configured one.
func (r *run) detect(ctx context.Context) (string, error) {
	found, err := r.lane.e.Hooks.Detect(ctx, r.app(), r.cfg.Hook)
	if err != nil {
		return "", err
	}
	r.chosen = found[0]
	r.release.Hook, r.release.Framework = r.chosen.Hook, r.chosen.Framework
	for _, g := range r.chosen.Diagnostics {
		r.job.diagnose(g)
	}
	r.tellUnusedVersions()
	return title(r.chosen), nil
}

// tellUnusedVersions warns of tools whose version the slot sets and the chosen
// hook does not know: what it honours stands in its detection.
func (r *run) tellUnusedVersions() {
	for _, tool := range slices.Sorted(maps.Keys(r.cfg.Versions)) {
		known := slices.ContainsFunc(r.chosen.Versions, func(v hooks.Version) bool { return v.Tool == tool })
		if !known {
			r.job.diagnose(slot.Diagnostic{
				Severity: slot.SeverityWarning, Code: "deploy.version_unused",
				Summary: fmt.Sprintf("versions.%s is %q, which hook %s does nothing with", tool, r.cfg.Versions[tool], r.chosen.Hook),
				Hint:    fmt.Sprintf("slot config set %s.versions.%s= removes it; slot hooks inspect %s names the tools of that hook", r.lane.name, tool, r.chosen.Hook),
			})
		}
	}
}

// title says what was found on one line: node · express (package.json).
func title(d host.Detection) string {
	words := []string{d.Hook}
	if d.Language != "" && d.Language != d.Hook {
		words = append(words, d.Language)
	}
	if d.Framework != "" && d.Framework != d.Hook {
		words = append(words, d.Framework)
	}
	text := strings.Join(words, " · ")
	var files []string
	for _, e := range d.Evidence {
		file, _, _ := strings.Cut(e, ":") // "package.json: scripts.start"
		if !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	if len(files) > 0 {
		text += " (" + strings.Join(files[:min(len(files), 3)], ", ") + ")"
	}
	return text
}

// publicPrefixes are those of variables that frameworks build into what they
// send to browsers, and of switches of compilers: secret they cannot be. All
// others stay out of builds.
var publicPrefixes = []string{"NEXT_PUBLIC_", "VITE_", "REACT_APP_", "PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "CGO_", "NODE_OPTIONS"}

func buildEnv(env map[string]string) map[string]string {
	public := map[string]string{}
	for name, v := range env {
		for _, prefix := range publicPrefixes {
			if strings.HasPrefix(name, prefix) {
				public[name] = v
			}
		}
	}
	return public
}

// build runs the chosen hook; its output goes to all who follow.
func (r *run) build(ctx context.Context) (string, error) {
	e := r.lane.e
	if err := r.awaitTurn(ctx); err != nil {
		return "", err
	}
	defer func() { <-e.builds }()

	out := filepath.Join(r.artefact, "out")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	res, err := e.Hooks.Build(ctx, host.BuildRequest{
		App: r.app(), Detection: r.chosen, OutputDir: out,
		NoCache: r.job.req.NoCache || r.cfg.Build.Cache != nil && !*r.cfg.Build.Cache,
	}, r.buildEvent)
	if err != nil {
		r.job.update(func(d *slot.Deployment) { d.Output = r.log.last() })
		return "", err
	}
	r.release.Plan = res.Plan
	if err := writeSeal(r.artefact, builtSeal); err != nil {
		return "", err
	}
	if web := res.Plan.Web(); web != nil {
		return web.Command(), nil
	}
	return "static site " + res.Plan.Static.Root, nil
}

// buildEvent passes on what a build says, with secrets masked.
func (r *run) buildEvent(ev slot.Event) {
	switch {
	case ev.Step != nil:
		r.job.step(*ev.Step)
	case ev.Line != nil:
		ev.Line.Text = r.log.mask(ev.Line.Text)
		r.job.feed.send(ev)
	case ev.Diagnostic != nil:
		r.job.diagnose(*ev.Diagnostic)
	}
}
