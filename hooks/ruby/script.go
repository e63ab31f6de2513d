package ruby

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
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

var scriptName = regexp.MustCompile(`^[A-Za-z0-9][\w.-]*\.rb$`)

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
