package node

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// manifest is what this hook reads of a package.json. Fields of an unexpected
// type are left empty: npm is as lenient.
type manifest struct {
	name            string
	main            string
	packageManager  string
	scripts         map[string]string
	dependencies    map[string]string
	devDependencies map[string]string
	engines         map[string]string
	raw             map[string]json.RawMessage
}

func parseManifest(data []byte) (manifest, error) {
	var m manifest
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if err := json.Unmarshal(data, &m.raw); err != nil {
		d := slot.Diagnostic{
			Severity: slot.SeverityError, Code: "node.manifest_invalid", File: "package.json",
			Summary: fmt.Sprintf("package.json is not valid: %v", err), Hint: "correct the file; npm pkg get shows the same error",
		}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			d.Line = 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		}
		return m, hooks.Fail(d)
	}
	for field, into := range map[string]any{
		"name": &m.name, "main": &m.main, "packageManager": &m.packageManager, "scripts": &m.scripts,
		"dependencies": &m.dependencies, "devDependencies": &m.devDependencies, "engines": &m.engines,
	} {
		_ = json.Unmarshal(m.raw[field], into)
	}
	return m, nil
}

// uses reports whether the package depends on one of the names, and which.
func (m *manifest) uses(names ...string) (name string, ok bool) {
	for _, name := range names {
		if _, ok := m.dependencies[name]; ok {
			return "package.json: dependencies." + name, true
		}
		if _, ok := m.devDependencies[name]; ok {
			return "package.json: devDependencies." + name, true
		}
	}
	return "", false
}

// installs reports whether there is anything to install.
func (m *manifest) installs() bool {
	return len(m.dependencies)+len(m.devDependencies)+len(m.raw["optionalDependencies"])+len(m.raw["workspaces"]) > 0
}
