package python

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// project is what is read of a pyproject.toml.
type project struct {
	Project struct {
		Dependencies []string
		Dynamic      []string
		Python       string `toml:"requires-python"`
	}
	Build struct {
		Backend string `toml:"build-backend"`
	} `toml:"build-system"`
	Tool struct {
		Poetry struct {
			Dependencies map[string]any
		}
	}
	present bool // with a [project]
}

// declares reports whether the file is more than settings of tools.
func (p project) declares() bool { return p.present || len(p.Tool.Poetry.Dependencies) > 0 }

func readProject(files *hooks.Files) (project, error) {
	var p project
	data, err := files.Read("pyproject.toml")
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	meta, err := toml.Decode(string(data), &p)
	if err != nil {
		return p, invalid("pyproject.toml", err)
	}
	p.present = meta.IsDefined("project")
	return p, nil
}

func invalid(file string, err error) error {
	cause, _, _ := strings.Cut(err.Error(), "\n")
	return hooks.Fail(slot.Diagnostic{
		Severity: slot.SeverityError, Code: "python.manifest_invalid", File: file,
		Summary: fmt.Sprintf("cannot read %s: %s", file, cause), Hint: "correct it; the tool that made it says the same",
	})
}

// locker is one dependency in a Pipfile or its lock file.
type locker struct {
	Version  string
	Extras   []string
	Markers  string
	Hashes   []string
	Git, Ref string
	Path     string
	File     string
	Editable bool
}

// defaultSource is pipenv's name of pip's own index, for which a mirror of the
// machine may stand.
const defaultSource = "pypi"

// fromPipfile makes lines for pip of a Pipfile.lock, which has all it needs,
// else of the Pipfile.
func (m *manifest) fromPipfile(files *hooks.Files) error {
	m.manager, m.files = "pip", []string{"Pipfile"}
	var packages map[string]any
	var sources []struct{ Name, URL string }
	data, err := files.Read("Pipfile.lock")
	switch {
	case err == nil:
		m.files, m.locked = append(m.files, "Pipfile.lock"), true
		var lock struct {
			Meta struct {
				Hash    struct{ SHA256 string }
				Sources []struct{ Name, URL string }
			} `json:"_meta"`
			Default map[string]any
		}
		if err := json.Unmarshal(data, &lock); err != nil {
			return invalid("Pipfile.lock", err)
		}
		packages, sources = lock.Default, lock.Meta.Sources
		m.diagnostics = pipfileStale(readText(files, "Pipfile"), lock.Meta.Hash.SHA256)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	default:
		var pipfile struct {
			Source   []struct{ Name, URL string }
			Packages map[string]any
		}
		if _, err := toml.Decode(readText(files, "Pipfile"), &pipfile); err != nil {
			return invalid("Pipfile", err)
		}
		packages, sources = pipfile.Packages, pipfile.Source
	}
	hashed := m.locked
	entries := map[string]locker{}
	for name, value := range packages {
		if version, ok := value.(string); ok {
			value = map[string]string{"version": version}
		}
		var l locker
		text, err := json.Marshal(value)
		if err == nil {
			err = json.Unmarshal(text, &l)
		}
		if err != nil {
			return invalid(m.files[len(m.files)-1], err)
		}
		entries[name] = l
		hashed = hashed && len(l.Hashes) > 0 // pip wants hashes of all or of none
	}
	for i, source := range sources {
		switch {
		case i > 0:
			m.lines = append(m.lines, "--extra-index-url "+source.URL)
		case source.Name != defaultSource:
			m.lines = append(m.lines, "--index-url "+source.URL)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		m.lines = append(m.lines, entries[name].line(name, hashed))
	}
	m.requirements = parseRequirements(m.lines)
	return nil
}

// line writes the dependency as pip reads it.
func (l locker) line(name string, hashed bool) string {
	at := l.Path + l.File
	switch {
	case l.Editable && at != "":
		return "-e " + at
	case at != "":
		return at
	}
	if len(l.Extras) > 0 {
		name += "[" + strings.Join(l.Extras, ",") + "]"
	}
	switch {
	case l.Git != "":
		name += " @ git+" + l.Git
		if l.Ref != "" {
			name += "@" + l.Ref
		}
	case l.Version != "*":
		name += l.Version
	}
	if l.Markers != "" {
		name += " ; " + l.Markers
	}
	if hashed {
		name += " --hash=" + strings.Join(l.Hashes, " --hash=")
	}
	return name
}
