package export

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// hostVariable is where slot says on which address to listen, which others do
// not.
var hostVariable = lazyregexp.New(`\$HOST\b|\$\{HOST\}`)

// procfile writes the processes as Heroku and its kin start them.
func (a *App) procfile() (File, error) {
	if a.Release.Plan.Static != nil {
		return File{}, slot.E(slot.KindUsage, "--format dockerfile", errors.New("cannot write a Procfile: a static site has no process"))
	}
	var b strings.Builder
	for _, p := range a.Release.Plan.Processes {
		fmt.Fprintf(&b, "%s: %s\n", p.Type, a.line(p))
	}
	return File{Name: "Procfile", Text: b.String()}, nil
}

// line is the command of a process in one line for a shell in the repository.
func (a *App) line(p slot.Process) string {
	text := p.Shell
	if len(p.Argv) == 3 && p.Argv[0] == "sh" && p.Argv[1] == "-c" {
		text = p.Argv[2]
	} else if len(p.Argv) > 0 {
		words := make([]string, len(p.Argv))
		for i, w := range p.Argv {
			words[i] = word(a.beside(w))
		}
		text = strings.Join(words, " ")
	}
	text = hostVariable.ReplaceAllString(a.inBin(a.beside(text)), "$${HOST:-0.0.0.0}")
	if dir := path.Join(a.root(), p.WorkingDir); dir != "." {
		text = "cd " + word(dir) + " && " + text
	}
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", " ; ")
}

// beside puts paths of the repository in the place of this machine's. What a
// hook built outside the repository is in bin elsewhere.
func (a *App) beside(text string) string {
	out := strings.TrimSuffix(a.Dir, "/src") + "/out/"
	return strings.NewReplacer(out, "bin/", a.Dir+"/", "").Replace(text)
}

// inBin names a program by its path where the plan looks for it in a folder of
// the app that no other place has in its PATH: all but Python's, which depends
// on how the environment is made there.
func (a *App) inBin(text string) string {
	first, rest, _ := strings.Cut(text, " ")
	for _, dir := range a.Release.Plan.PathPrepend {
		if dir != ".venv/bin" && !strings.Contains(first, "/") && a.has(path.Join(dir, first)) {
			return strings.TrimSpace(path.Join(dir, first) + " " + rest)
		}
	}
	return text
}
