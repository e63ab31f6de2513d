package python

import (
	"slices"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// manifest is what the app says of its dependencies, and who installs them.
type manifest struct {
	requirements
	manager     string   // pip, uv, poetry; "" without a manifest
	files       []string // it rests on, the manifest first
	locked      bool     // the versions are written down
	lines       []string // for pip, where they stand in no file of its own
	whole       bool     // the app itself is a package that has to be installed
	project     project
	diagnostics []slot.Diagnostic
}

func (m manifest) bare() bool         { return m.manager == "" }
func (m manifest) evidence() []string { return m.files }

// readManifest takes requirements.txt before anything else: it is there for
// deployments, and needs no other tool. The error is a *hooks.Failure.
func readManifest(files *hooks.Files) (manifest, error) {
	m := manifest{}
	var err error
	if m.project, err = readProject(files); err != nil {
		return m, err
	}
	pipfile := files.First("Pipfile")
	list := files.First("requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements/base.txt")
	switch {
	case list != "":
		m.manager, m.files, m.requirements = "pip", []string{list}, readRequirements(files, list)
		m.locked = m.pinned
	case m.project.declares():
		err = m.fromProject(files)
	case pipfile != "":
		err = m.fromPipfile(files)
	}
	if m.manager == "pip" && !m.locked && len(m.names) > 0 {
		m.diagnostics = append(m.diagnostics, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "python.not_pinned", File: m.files[0],
			Summary: m.files[0] + " does not pin every version: those of the first deployment are kept until it changes",
			Hint:    "pin with ==, as pip freeze prints them; slot deploy --no-cache takes the newest",
		})
	}
	return m, err
}

// fromProject reads a pyproject.toml and the lock files beside it.
func (m *manifest) fromProject(files *hooks.Files) error {
	p := m.project
	m.files, m.lines = []string{"pyproject.toml"}, p.Project.Dependencies
	m.requirements = parseRequirements(m.lines)
	for name := range p.Tool.Poetry.Dependencies {
		m.names[normal(name)] = true
	}
	m.whole = p.Build.Backend != "" && (files.IsDir("src") || slices.Contains(p.Project.Dynamic, "dependencies"))
	switch {
	case files.Exists("uv.lock"):
		m.manager, m.locked, m.files = "uv", true, append(m.files, "uv.lock")
	case files.Exists("poetry.lock"):
		m.manager, m.locked, m.files = "poetry", true, append(m.files, "poetry.lock")
	case len(p.Tool.Poetry.Dependencies) > 0 && len(m.lines) == 0:
		m.manager = "poetry"
	default:
		m.manager, m.locked = "pip", m.pinned && len(m.lines) > 0
	}
	return nil
}

// missing explains that the manager is not on the machine and could not be
// fetched. Where the manifest
// lists the dependencies pip takes its place, and the lock file is not
// followed.
func (m *manifest) missing() slot.Diagnostic {
	d := slot.Diagnostic{
		Severity: slot.SeverityError, Code: "python.pm_missing", File: m.files[len(m.files)-1],
		Summary: "the app needs " + m.manager + ", which is not installed on this machine and could not be fetched",
		Hint:    "install it (pipx install " + m.manager + "), or commit a requirements.txt",
	}
	if len(m.lines) > 0 {
		d.Severity = slot.SeverityWarning
		d.Summary = m.manager + " is not installed on this machine and could not be fetched: pip installs what pyproject.toml lists, without the lock file's versions"
		m.manager, m.locked, m.pinned = "pip", false, false
	}
	return d
}
