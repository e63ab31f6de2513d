package python

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// install makes the release's environment with all that the app needs.
func (j *job) install(ctx context.Context) ([]hooks.CacheUse, error) {
	if command := j.request.App.Overrides.Install; command != "" {
		if err := j.makeVenv(ctx); err != nil {
			return nil, explain(j.b, "install", err)
		}
		return nil, j.b.UserCommand(ctx, "install", command, j.env()...)
	}
	if err := j.useTool(ctx); err != nil {
		return nil, err
	}
	argv, title, err := j.installer()
	if err != nil {
		return nil, err
	}
	if title == "" {
		return nil, explain(j.b, "install", j.makeVenv(ctx))
	}
	step := j.b.Step("install", title)
	cache, why := j.openCache()
	switch {
	case j.request.NoCache:
		step.Cache(hooks.CacheBypass)
	case cache == nil:
		step.Cache(hooks.CacheBypass)
		j.b.Log("dependencies are installed afresh: %s", why)
	default:
		note, size, hit, err := j.restore(cache)
		if err != nil {
			return nil, j.ended(step, err)
		}
		if hit {
			step.Cache(hooks.CacheHit)
			_ = step.End(nil)
			j.tellAdded(note.Added)
			return []hooks.CacheUse{{Name: "venv", Key: cache.Key, Hit: true, Bytes: size}}, nil
		}
		step.Cache(hooks.CacheMiss)
	}
	added, err := j.fill(ctx, argv)
	if err := j.ended(step, err); err != nil {
		return nil, err
	}
	j.tellAdded(added)
	if cache == nil {
		return nil, nil
	}
	use := hooks.CacheUse{Name: "venv", Key: cache.Key}
	if use.Bytes, err = cache.Save(j.venv, keptNote{Path: j.venv, Added: added}); err != nil {
		j.b.Log("the environment is not kept for the next deployment: %v", err)
	}
	return []hooks.CacheUse{use}, nil
}

// ended ends the step and explains its failure.
func (j *job) ended(step *hooks.Step, err error) error {
	return explain(j.b, "install", step.End(err))
}

// installer returns the command that installs the app's dependencies, none
// where there are none, and what the installation is called, "" for no need of
// any.
func (j *job) installer() (argv []string, title string, err error) {
	m := j.app.manifest
	switch {
	case m.manager == "uv":
		return slices.Concat(j.tool, []string{"sync", "--locked", "--no-dev"}), "uv sync", nil
	case m.manager == "poetry":
		return slices.Concat(j.tool, []string{"install", "--only", "main", "--no-root", "--no-interaction"}), "poetry install", nil
	case m.whole:
		return j.pip("."), "pip install .", nil
	case len(logicalLines(m.text)) == 0 && len(j.app.choice.needs) == 0:
		return nil, "", nil
	case len(logicalLines(m.text)) == 0:
		return nil, "pip install " + strings.Join(j.app.choice.needs, " "), nil
	}
	list := m.files[0]
	title = "pip install -r " + list
	if len(m.lines) > 0 {
		list, title = filepath.Join(j.request.TmpDir, "requirements.txt"), "pip install, from "+m.files[len(m.files)-1]
		if err := os.WriteFile(list, []byte(strings.Join(m.lines, "\n")+"\n"), 0o600); err != nil {
			return nil, "", err
		}
	}
	return j.pip("-r", list), title, nil
}

// fill makes the environment, installs the dependencies, and adds what the app
// cannot start without.
func (j *job) fill(ctx context.Context, argv []string) (added []string, err error) {
	if err := j.makeVenv(ctx); err != nil {
		return nil, err
	}
	if argv != nil {
		if err := j.b.Run(ctx, j.request.App.AppDir, argv, j.env()...); err != nil {
			return nil, err
		}
	}
	for _, name := range j.app.choice.needs {
		if !j.has(name) {
			added = append(added, name)
		}
	}
	if len(added) == 0 {
		return nil, nil
	}
	argv = j.pip(added...)
	if j.app.manifest.manager == "uv" { // which may have made the environment anew
		argv = slices.Concat(j.tool, []string{"pip", "install", "--python", filepath.Join(j.venv, "bin", "python")}, added)
	}
	return added, j.b.Run(ctx, j.request.App.AppDir, argv, j.env()...)
}

func (j *job) tellAdded(added []string) {
	if len(added) == 0 {
		return
	}
	names, where := strings.Join(added, " and "), "a requirements.txt"
	if m := j.app.manifest; !m.bare() {
		where = m.files[0]
	}
	j.b.Diagnose(slot.Diagnostic{
		Severity: slot.SeverityInfo, Code: "python.added",
		Summary: "the app needs " + names + " and does not name it: the newest version was installed",
		Hint:    "name " + names + " in " + where,
	})
}
