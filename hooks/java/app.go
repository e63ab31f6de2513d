package java

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// tool is what builds an app.
type tool string

const (
	toolMaven  tool = "maven"
	toolGradle tool = "gradle"
	toolJavac  tool = "javac" // files alone
)

// app is what the files say.
type app struct {
	tool      tool
	framework framework
	version   wanted
	modules   []module // those that may be the program
	module    module   // the one that is
	evidence  []string
	processes []slot.Process
	told      bool // the slot or a Procfile says what is served
	problem   *slot.Diagnostic
}

// module is one folder that is built into a program.
type module struct {
	dir          string   // relative to the app's folder with slashes, "." for the folder itself
	mains        []string // classes with a method main
	plugin       bool     // it says itself that it is a program
	installs     bool     // Gradle's application plugin: a start script and a folder of jars
	boot         bool     // Gradle's Spring Boot plugin
	jar          string   // the jar's name, as far as the files tell; Gradle's is that of the whole build
	dependencies bool
}

// read looks at an app's folder. Without anything for this hook the error
// wraps fs.ErrNotExist.
func read(files *hooks.Files, in hooks.App) (*app, error) {
	a := &app{}
	var err error
	switch {
	case files.Exists(pomName):
		err = a.readMaven(files)
	case gradleFile(files, ".") != "" || gradleSettings(files) != "":
		err = a.readGradle(files)
	default:
		err = a.readSources(files)
	}
	if err != nil {
		return nil, err
	}
	a.readVersion(files, in.Overrides)
	if a.processes, err = hooks.Procfile(files); err != nil {
		return nil, err
	}
	o := in.Overrides
	a.told = o.Start != "" || o.StaticRoot != "" ||
		slices.ContainsFunc(a.processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb })
	problem := a.choose(o.Options["module"])
	if !a.told {
		a.problem = problem
	}
	return a, nil
}

// choose settles on the module that is the program: the one that the slot
// names, the only one, or the only one that says itself that it is one.
func (a *app) choose(named string) *slot.Diagnostic {
	if named != "" {
		i := slices.IndexFunc(a.modules, func(m module) bool { return m.dir == path.Clean(named) })
		if i < 0 {
			return &slot.Diagnostic{
				Severity: slot.SeverityError, Code: "java.no_module",
				Summary: fmt.Sprintf("no module %q has a program; there are: %s", named, strings.Join(a.dirs(a.modules), ", ")),
				Hint:    "set the option module to one of them, or leave it out",
			}
		}
		a.module = a.modules[i]
		return nil
	}
	candidates := a.modules
	if sure := slices.DeleteFunc(slices.Clone(candidates), func(m module) bool { return !m.plugin }); len(sure) > 0 {
		candidates = sure
	}
	switch len(candidates) {
	case 0:
		return &slot.Diagnostic{
			Severity: slot.SeverityError, Code: "java.no_main", Summary: "no module has a class with a method main",
			Hint: "set root to the folder of the program, or start to the command that runs the app",
		}
	case 1:
		a.module = candidates[0]
		return nil
	}
	dirs := a.dirs(candidates)
	return &slot.Diagnostic{
		Severity: slot.SeverityError, Code: "java.many_modules", Summary: "several modules are programs: " + strings.Join(dirs, ", "),
		Hint: "set root to one of them, such as " + dirs[0],
	}
}

func (a *app) dirs(modules []module) []string {
	var dirs []string
	for _, m := range modules {
		dirs = append(dirs, m.dir)
	}
	return dirs
}

// readSources looks for a program that needs no build tool: Main.java, or the
// one Java file with a method main.
func (a *app) readSources(files *hooks.Files) error {
	mains := findMains(files, ".", false)
	if i := slices.Index(mains, "Main"); i >= 0 {
		mains = mains[i : i+1]
	}
	if len(mains) != 1 {
		return fs.ErrNotExist
	}
	a.tool, a.modules = toolJavac, []module{{dir: ".", mains: mains}}
	a.framework = framework{name: "plain"}
	a.evidence = []string{mains[0][strings.LastIndex(mains[0], ".")+1:] + ".java"}
	return nil
}
