package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// noMatch says why no hook took the app, as helpfully as its folder allows.
func noMatch(app App, hook string, answers []Detection) error {
	fail := func(hint, format string, args ...any) error {
		return slot.E(slot.KindFailed, hint, fmt.Errorf("cannot detect the app: "+format, args...))
	}
	files, err := hooks.OpenFiles(app.AppDir)
	if err != nil {
		return fail("", "%w", err)
	}
	defer files.Close()
	entries, err := files.List(".")
	if err != nil {
		return fail("", "%w", err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".git" })
	if len(entries) == 0 {
		return fail("commit the app and deploy again", "%s is empty", place(app))
	}
	var looked []string
	for _, a := range answers {
		if len(a.Evidence) > 0 {
			looked = append(looked, fmt.Sprintf("%s (%s)", strings.Join(a.Evidence, ", "), a.Hook))
		}
	}
	for _, a := range answers {
		for _, d := range a.Diagnostics {
			if d.Severity == slot.SeverityError {
				return fail(d.Hint, "%s", d.Summary)
			}
		}
	}
	for _, a := range answers {
		for _, d := range a.Diagnostics {
			if d.Code == codeSkipped {
				return fail(d.Hint, "%s", d.Summary)
			}
		}
	}
	found := errors.New("nothing in " + place(app) + " says how")
	if len(looked) > 0 {
		found = fmt.Errorf("%s has none of %s", place(app), strings.Join(looked, ", "))
	}
	if roots := appsBelow(app, 2); len(roots) == 1 {
		return fail(setRoot(app, roots[0]), "%w, but %s looks like an app", found, roots[0])
	} else if len(roots) > 1 {
		return fail(setRoot(app, roots[0])+"; or another of them", "%w, but %s look like apps", found, strings.Join(roots, ", "))
	}
	if hook != "" {
		return fail("leave the slot's hook empty to have it detected", "hook %q does not know it: %w", hook, found)
	}
	if files.First("Dockerfile", "Containerfile") != "" {
		return fail("add a Procfile with a line \"web: COMMAND\", or set start", "there is a Dockerfile, and slot does not build images; %w", found)
	}
	return fail("add a Procfile with a line \"web: COMMAND\", or set start", "%w", found)
}

// setRoot is what to type to have the app taken from a folder.
func setRoot(app App, root string) string {
	if app.Slot == "" { // asked about a folder
		return "set root to " + root
	}
	return fmt.Sprintf("slot config set %s.root=%s, then slot deploy %s", app.Slot, root, app.Slot)
}

// place names the app's folder for people.
func place(app App) string {
	if b := below(app); b != "." {
		return "the folder " + b
	}
	return "the repository"
}

// below is the app's folder relative to the repository.
func below(app App) string {
	rel, err := filepath.Rel(app.SourceDir, app.AppDir)
	if err != nil {
		return app.AppDir
	}
	return rel
}

// appsBelow returns the folders up to depth levels below the app's that hold a
// manifest, as the root they would be set as; five at most.
func appsBelow(app App, depth int) []string {
	var roots []string
	_ = filepath.WalkDir(app.AppDir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return nil
		}
		if path == app.AppDir {
			return nil
		}
		rel, _ := filepath.Rel(app.AppDir, path)
		if strings.HasPrefix(e.Name(), ".") || e.Name() == "node_modules" || e.Name() == "vendor" {
			return fs.SkipDir
		}
		if hasManifest(path) {
			root, _ := filepath.Rel(app.SourceDir, path)
			if roots = append(roots, root); len(roots) == 5 {
				return fs.SkipAll
			}
			return fs.SkipDir
		}
		if strings.Count(rel, string(filepath.Separator))+1 >= depth {
			return fs.SkipDir
		}
		return nil
	})
	return roots
}

func hasManifest(dir string) bool {
	for _, name := range []string{
		"package.json", "requirements.txt", "pyproject.toml", "Pipfile", "go.mod", "Gemfile", "composer.json",
		"Cargo.toml", "pom.xml", "build.gradle", "build.gradle.kts", "mix.exs", "deno.json", "deno.jsonc", "Procfile", "index.html",
	} {
		if info, err := os.Lstat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}
