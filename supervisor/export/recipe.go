package export

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// recipe is how an app is built and what it runs on, in steps that need no slot.
type recipe struct {
	build    string   // image to build in; "" where nothing is built
	run      string   // image to run on
	env      []string // NAME=value while it is built
	steps    []string // command lines in the app's folder
	out      bool     // the build writes to outDir
	packages []string // of Debian, that it runs with
}

// languages has what each of slot's own hooks does.
var languages = map[string]func(*App) (recipe, error){
	"node":   (*App).node,
	"python": (*App).python,
	"go":     (*App).golang,
	"static": func(*App) (recipe, error) { return recipe{}, nil },
}

// recipe returns the app's, with the slot's own commands in the place of the
// hook's.
func (a *App) recipe() (recipe, error) {
	language, ok := languages[a.Release.Hook]
	if !ok {
		return recipe{}, slot.E(slot.KindUsage, "--format procfile, and a Dockerfile of your own",
			fmt.Errorf("cannot write the steps of hook %q: slot export knows go, node, python and static", a.Release.Hook))
	}
	r, err := language(a)
	if err == nil && a.Release.Plan.Static != nil {
		r.run, r.packages = caddyImage, nil
	}
	return r, err
}

// steps lays the slot's own install and build commands over the hook's.
func (a *App) steps(install, build []string) []string {
	if a.Config.Install != "" {
		install = []string{a.Config.Install}
	}
	if a.Config.Build.Command != "" {
		build = []string{a.Config.Build.Command}
	}
	if on := a.Config.Build.Enabled; on != nil && !*on {
		build = nil
	}
	return append(install, build...)
}

// read returns the text of a file of the app, "" where there is none.
func (a *App) read(name string) string {
	data, _ := fs.ReadFile(a.Files, path.Join(a.root(), name))
	return string(data)
}

func (a *App) has(name string) bool {
	_, err := fs.Stat(a.Files, path.Join(a.root(), name))
	return err == nil || !errors.Is(err, fs.ErrNotExist)
}

// root is the app's folder in the repository.
func (a *App) root() string { return path.Clean(a.Release.Source.Root) }

// above returns the folder, the app's or one above it, that has the file, as
// the app's folder sees it; false where none has.
func (a *App) above(name string) (string, bool) {
	for up, dir := ".", a.root(); ; up, dir = path.Join(up, ".."), path.Dir(dir) {
		if _, err := fs.Stat(a.Files, path.Join(dir, name)); err == nil {
			return up, true
		}
		if dir == "." {
			return "", false
		}
	}
}

// version cuts the version of the language that the app runs on here to so many
// numbers; other where it is not known.
func (a *App) version(numbers int, other string) string {
	parts := strings.Split(a.Tool, ".")
	if a.Tool == "" || len(parts) < numbers {
		return other
	}
	return strings.Join(parts[:numbers], ".")
}
