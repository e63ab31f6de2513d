package node

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// workspace is a repository of several packages that are installed together,
// seen from one of its folders.
type workspace struct {
	dir      string   // absolute
	here     string   // the app's folder in it, with slashes; "." for the top
	patterns []string // of the packages' folders
	manifest manifest // of the top
}

// findWorkspace returns the workspace that the app is a package of, or the
// top of; nil when it is on its own.
func findWorkspace(in hooks.App) *workspace {
	for dir := in.AppDir; ; dir = filepath.Dir(dir) {
		if w := openWorkspace(dir); w != nil {
			here, err := filepath.Rel(dir, in.AppDir)
			if w.here = filepath.ToSlash(here); err == nil && (w.here == "." || w.holds(w.here)) {
				return w
			}
		}
		if dir == in.SourceDir || dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// openWorkspace reads what the folder says of its packages.
func openWorkspace(dir string) *workspace {
	files, err := hooks.OpenFiles(dir)
	if err != nil {
		return nil
	}
	defer files.Close()
	w := &workspace{dir: dir}
	if data, err := files.Read("package.json"); err == nil {
		w.manifest, _ = parseManifest(data) // a broken one is told of the app itself
	}
	if text := readText(files, "pnpm-workspace.yaml"); text != "" {
		w.patterns = pnpmPackages(text)
	} else if raw := w.manifest.raw["workspaces"]; len(raw) > 0 {
		var object struct{ Packages []string }
		if json.Unmarshal(raw, &w.patterns) != nil && json.Unmarshal(raw, &object) == nil { // yarn's longer form
			w.patterns = object.Packages
		}
	}
	if len(w.patterns) == 0 {
		return nil
	}
	return w
}

var (
	yamlPackages = lazyregexp.New(`(?m)^packages:[ \t]*(\[[^\]]*\]|(?:\r?\n[ \t]*(?:#.*|-[ \t].*)?)+)`)
	yamlItem     = lazyregexp.New(`(?:^|[\[,\n])[ \t]*(?:-[ \t]+)?(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'#,\[\]-][^\s,\]]*))`)
)

// pnpmPackages reads the one list of pnpm-workspace.yaml that matters here, in
// either of the forms in which lists are written.
func pnpmPackages(text string) (patterns []string) {
	m := yamlPackages.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	for _, item := range yamlItem.FindAllStringSubmatch(m[1], -1) {
		patterns = append(patterns, orElse(item[1:]...))
	}
	return patterns
}

// isTopOnly reports whether the folder is the top of a workspace and no app
// itself: a build script there builds the packages.
func (a *app) isTopOnly(files *hooks.Files) bool {
	if a.workspace == nil || a.workspace.here != "." {
		return false
	}
	_, isOne := a.manifest.uses(frameworkNames()...)
	return !isOne && a.manifest.scripts["start"] == "" && entryFile(files, a.manifest, false) == ""
}

// chooseOne asks which of the packages is meant.
func (w *workspace) chooseOne(in hooks.App) *slot.Diagnostic {
	d := &slot.Diagnostic{
		Severity: slot.SeverityError, Code: "node.workspace", File: "package.json",
		Summary: "the repository is a workspace of several packages, and its top is no app",
		Hint:    "set root to the folder of the package to deploy",
	}
	below, err := filepath.Rel(in.SourceDir, w.dir)
	apps := w.apps()
	if err != nil || len(apps) == 0 {
		return d
	}
	for i, dir := range apps {
		apps[i] = filepath.ToSlash(filepath.Join(below, dir))
	}
	set := func(root string) string {
		name := orElse(string(in.Slot), "SLOT")
		return fmt.Sprintf("slot config set %s.root=%s, then slot deploy %s", name, root, name)
	}
	d.Hint = set(apps[0])
	if len(apps) > 1 {
		d.Summary += ", but " + strings.Join(apps, ", ") + " are"
		d.Hint += "; or another of them"
	} else {
		d.Summary += ", but " + apps[0] + " is"
	}
	return d
}

// holds reports whether the folder is one of a package.
func (w *workspace) holds(dir string) bool {
	held := false
	for _, pattern := range w.patterns {
		name, not := strings.CutPrefix(pattern, "!")
		if matchesGlob(name, dir) {
			held = !not
		}
	}
	return held
}

// matchesGlob knows the stars of workspace patterns: "*" for a name, "**" for
// any folders.
func matchesGlob(pattern, dir string) bool {
	pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
	expr := regexp.QuoteMeta(pattern)
	expr = strings.ReplaceAll(expr, `\*\*/`, `(?:.*/)?`)
	expr = strings.ReplaceAll(expr, `\*\*`, `.*`)
	expr = strings.ReplaceAll(expr, `\*`, `[^/]*`)
	expr = regexp.MustCompile(`\\\{([^{}]*)\\\}`).ReplaceAllStringFunc(expr, func(set string) string {
		return "(?:" + strings.ReplaceAll(set[2:len(set)-2], ",", "|") + ")"
	})
	matched, err := regexp.MatchString("^"+expr+"$", dir)
	return err == nil && matched
}
