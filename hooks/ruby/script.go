package ruby

import (
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

// script is a file at the top of the app that may be what is started.
type script struct {
	name string
	text string
}

// maxScripts bounds how many files are read. Source: the contract has 200 for
// one detection, of which manifests take a few.
const maxScripts = 100

// entryNames are the usual names of the file that is started, likeliest first.
func entryNames() []string {
	return []string{
		"app.rb", "main.rb", "server.rb", "web.rb", "application.rb", "start.rb", "run.rb", "index.rb", "hello.rb", "bot.rb",
	}
}

// maxSources bounds how many files are checked for errors in their syntax, at
// 40 ms each.
const maxSources = 10

var required = lazyregexp.New(`(?m)^\s*require(?:_relative[\s(]+['"]|[\s(]+['"]\./)([\w./-]+?)(?:\.rb)?['"]`)

// sources returns a file and those of the app that it requires by their paths,
// and so on.
func sources(files *hooks.Files, entry string) []string {
	found := []string{entry}
	for i := 0; i < len(found); i++ {
		for _, m := range required.FindAllStringSubmatch(readText(files, found[i]), -1) {
			name := path.Join(path.Dir(found[i]), m[1]+".rb")
			if len(found) < maxSources && !slices.Contains(found, name) && files.Exists(name) {
				found = append(found, name)
			}
		}
	}
	return found
}

var scriptName = lazyregexp.New(`^[A-Za-z0-9][\w.-]*\.rb$`)

// readScripts reads the files with usual names, then the others at the top.
func readScripts(files *hooks.Files) []script {
	names := entryNames()
	entries, _ := files.List(".")
	for _, e := range entries {
		name := e.Name()
		if scriptName.MatchString(name) && !strings.HasSuffix(name, "_test.rb") && !strings.HasSuffix(name, "_spec.rb") &&
			name != "gems.rb" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var found []script
	for _, name := range names[:min(len(names), maxScripts)] {
		if data, err := files.Read(name); err == nil {
			found = append(found, script{name, string(data)})
		}
	}
	return found
}
