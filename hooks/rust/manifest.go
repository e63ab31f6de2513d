package rust

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"

	"github.com/BurntSushi/toml"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

const (
	manifestName = "Cargo.toml"
	lockName     = "Cargo.lock"
)

// manifest is what slot reads of a Cargo.toml. A field that a workspace may
// hand down is of any type: "edition.workspace = true".
type manifest struct {
	Package *struct {
		Name        string
		Edition     any
		RustVersion any    `toml:"rust-version"`
		DefaultRun  string `toml:"default-run"`
		Autobins    *bool
	}
	Bin []struct {
		Name     string
		Path     string
		Features []string `toml:"required-features"`
	}
	Workspace *struct {
		Members        []string
		DefaultMembers []string `toml:"default-members"`
		Exclude        []string
		Package        struct {
			Edition     string
			RustVersion string `toml:"rust-version"`
		}
		Dependencies map[string]any
	}
	Dependencies map[string]any
}

// readManifest reads the Cargo.toml of a folder. One that cannot be read gives
// a *hooks.Failure with its line.
func readManifest(files *hooks.Files, dir string) (*manifest, error) {
	name := path.Join(dir, manifestName)
	data, err := files.Read(name)
	if err != nil {
		return nil, err
	}
	var m manifest
	if _, err := toml.Decode(string(data), &m); err != nil {
		d := slot.Diagnostic{
			Severity: slot.SeverityError, Code: "rust.manifest_invalid", File: name,
			Summary: fmt.Sprintf("cannot read %s: %v", name, err), Hint: "correct it; cargo metadata shows the same on your machine",
		}
		var wrong toml.ParseError
		if errors.As(err, &wrong) {
			d.Line, d.Summary = wrong.Position.Line, fmt.Sprintf("cannot read %s, line %d: %s", name, wrong.Position.Line, wrong.Message)
		}
		return nil, hooks.Fail(d)
	}
	return &m, nil
}

// members returns the folders of the packages that "cargo build" builds here:
// the package itself, else those of the workspace.
func (m *manifest) members(files *hooks.Files) []string {
	w := m.Workspace
	switch {
	case w == nil:
		return []string{"."}
	case len(w.DefaultMembers) > 0:
		return expand(files, w.DefaultMembers)
	case m.Package != nil:
		return []string{"."}
	}
	return slices.DeleteFunc(expand(files, w.Members), func(dir string) bool { return slices.Contains(w.Exclude, dir) })
}

// expand returns the folders that match the patterns and hold a package.
func expand(files *hooks.Files, patterns []string) []string {
	var dirs []string
	for _, p := range patterns {
		for _, dir := range glob(files, ".", path.Clean(p)) {
			if files.Exists(path.Join(dir, manifestName)) && !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

// glob matches a pattern's elements against folders, one after the other.
func glob(files *hooks.Files, dir, pattern string) []string {
	if pattern == "." {
		return []string{dir}
	}
	first, rest := pattern, "."
	if m := regexp.MustCompile(`^([^/]+)/(.+)$`).FindStringSubmatch(pattern); m != nil {
		first, rest = m[1], m[2]
	}
	entries, _ := files.List(dir)
	var found []string
	for _, e := range entries {
		if ok, err := path.Match(first, e.Name()); ok && err == nil && e.IsDir() {
			found = append(found, glob(files, path.Join(dir, e.Name()), rest)...)
		}
	}
	return found
}

// text returns a field's own value, "" where the workspace hands it down.
func text(field any) string {
	s, _ := field.(string)
	return s
}
