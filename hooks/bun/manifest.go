package bun

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

const (
	manifestName = "package.json"
	configName   = "bunfig.toml"
)

// manifest is what this hook reads of a package.json. Fields of an unexpected
// type are left empty, as Bun does.
type manifest struct {
	present      bool
	names        bool // Bun as the manager or the engine
	entry        string
	scripts      map[string]string
	dependencies map[string]string // those for development too
	version      string            // of Bun, as asked for
	versionFrom  string
	raw          map[string]json.RawMessage
}

// readManifest reads package.json. The error is a *hooks.Failure where the file
// is broken and something else says that it is Bun's; else the app is left to
// the hook for Node.
func readManifest(files *hooks.Files) (manifest, error) {
	m := manifest{scripts: map[string]string{}, dependencies: map[string]string{}}
	data, err := files.Read(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	m.present = true
	if err := json.Unmarshal(data, &m.raw); err != nil {
		if files.First("bun.lock", "bun.lockb", configName) == "" {
			return m, fs.ErrNotExist
		}
		return m, invalid(data, err)
	}
	read := func(field string, into any) { _ = json.Unmarshal(m.raw[field], into) }
	read("scripts", &m.scripts)
	var dev, engines map[string]string
	read("dependencies", &m.dependencies)
	read("devDependencies", &dev)
	for name, version := range dev {
		if m.dependencies == nil {
			m.dependencies = map[string]string{}
		}
		m.dependencies[name] = version
	}
	read("module", &m.entry)
	if m.entry == "" {
		read("main", &m.entry)
	}
	var declared string
	read("packageManager", &declared)
	read("engines", &engines)
	if name, version, _ := strings.Cut(declared, "@"); name == "bun" {
		m.names = true
		m.version, _, _ = strings.Cut(version, "+")
		m.versionFrom = "package.json packageManager"
	}
	if version, ok := engines["bun"]; ok {
		m.names, m.version, m.versionFrom = true, version, "package.json engines.bun"
	}
	return m, nil
}

// installs reports whether there is anything to install.
func (m *manifest) installs() bool {
	return len(m.dependencies)+len(m.raw["optionalDependencies"])+len(m.raw["workspaces"]) > 0
}

func invalid(data []byte, err error) error {
	d := slot.Diagnostic{
		Severity: slot.SeverityError, Code: "bun.manifest_invalid", File: manifestName,
		Summary: fmt.Sprintf("package.json is not valid: %v", err), Hint: "correct the file; bun install shows the same error",
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		d.Line = 1 + strings.Count(string(data[:min(int(syntax.Offset), len(data))]), "\n")
	}
	return hooks.Fail(d)
}
