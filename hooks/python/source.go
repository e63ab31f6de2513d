package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

// source is a file that may hold the app.
type source struct {
	path string
	text string
}

// maxSources bounds how many files are read. Source: the contract has 200 for
// one detection, of which manifests take a few.
const maxSources = 150

// entryNames are the usual names of the file that is started, likeliest first.
func entryNames() []string {
	return []string{
		"wsgi.py", "asgi.py", "app.py", "main.py", "server.py", "application.py", "api.py", "run.py",
		"streamlit_app.py", "start.py", "index.py", "hello.py", "bot.py",
	}
}

// packageNames are those in a folder of the app.
func packageNames() []string {
	return []string{"wsgi.py", "asgi.py", "main.py", "app.py", "server.py", "api.py", "__init__.py"}
}

// shellWord matches paths that need no quotes in a command line.
var shellWord = lazyregexp.New(`^[\w./-]+$`)

var notTheApp = lazyregexp.New(`^(\..*|_.*|tests?|docs?|examples?|migrations|node_modules|venv|env|virtualenv|build|dist|static|templates|scripts|conftest\.py|setup\.py|test_.*\.py|.*_test\.py)$`)

// readSources reads the files in which the app may stand, likeliest first:
// those with usual names, then the others at the top, then packages.
func readSources(files *hooks.Files) []source {
	var found []source
	add := func(name string) {
		if len(found) >= maxSources || !shellWord.MatchString(name) || slices.ContainsFunc(found, func(s source) bool { return s.path == name }) {
			return
		}
		if data, err := files.Read(name); err == nil {
			found = append(found, source{name, string(data)})
		}
	}
	folders := func(dir string) (dirs []string) {
		entries, _ := files.List(dir)
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			if e.IsDir() && !notTheApp.MatchString(e.Name()) && !files.Exists(path.Join(name, "pyvenv.cfg")) {
				dirs = append(dirs, name)
			}
		}
		return dirs
	}
	for _, name := range entryNames() {
		add(name)
	}
	entries, _ := files.List(".")
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".py") && !notTheApp.MatchString(e.Name()) {
			add(e.Name())
		}
	}
	dirs := folders(".")
	dirs = append(dirs, folders("src")...)
	for _, usual := range []string{"backend", "src", "app"} {
		if i := slices.Index(dirs, usual); i > 0 {
			dirs = slices.Insert(slices.Delete(dirs, i, i+1), 0, usual)
		}
	}
	for _, dir := range dirs {
		for _, name := range packageNames() {
			add(path.Join(dir, name))
		}
	}
	return found
}

// locate returns the folder to start in and the module's name as seen from
// there. A folder belongs to the name when it is a package, or when the file
// itself imports from it; else its files import each other without it.
func (s source) locate(files *hooks.Files) (dir, module string) {
	dir = path.Dir(s.path)
	var parts []string
	if base := path.Base(s.path); base != "__init__.py" {
		parts = []string{strings.TrimSuffix(base, ".py")}
	}
	relative := relativeImport.MatchString(s.text)
	for dir != "." {
		name := path.Base(dir)
		own := regexp.MustCompile(`(?m)^\s*(?:from|import)\s+` + regexp.QuoteMeta(name) + `[.\s]`)
		if !relative && !files.Exists(path.Join(dir, "__init__.py")) && !own.MatchString(s.text) {
			break
		}
		parts, dir, relative = append([]string{name}, parts...), path.Dir(dir), false
	}
	if dir == "." {
		dir = ""
	}
	return dir, strings.Join(parts, ".")
}

var relativeImport = lazyregexp.New(`(?m)^\s*from\s+\.`)
