package golang

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// entryFile is a program that needs no module, vendorList what marks a folder
// as the go command's.
const (
	entryFile  = "main.go"
	vendorList = "vendor/modules.txt"
)

// app is what the files say.
type app struct {
	manifest  string // go.mod, go.work or main.go
	module    string // its path; empty without a go.mod
	requires  []string
	locked    bool // go.sum or a vendor folder says what the dependencies are
	vendored  bool
	version   hooks.Version // of Go, as asked for
	toolchain string        // as suggested, "1.25.3"
	chosen    string        // Go's version in the slot's configuration
	fetched   bool          // the go command is to fetch that one
	framework string
	evidence  []string
	mains     []string // the programs' packages: "." or "./cmd/api"
	processes []slot.Process
	told      bool // the slot or a Procfile says what is served
	problem   *slot.Diagnostic
}

// read looks at an app's folder. Without anything for this hook the error
// wraps fs.ErrNotExist.
func read(files *hooks.Files, in hooks.App) (*app, error) {
	a := &app{manifest: files.First("go.mod", "go.work", entryFile), vendored: files.Exists(vendorList)}
	if a.manifest == "" {
		return nil, fs.ErrNotExist
	}
	a.evidence = []string{a.manifest}
	if a.chosen = strings.TrimSpace(in.Overrides.Versions["go"]); a.chosen != "" {
		a.version = hooks.Version{Tool: "go", Requested: a.chosen, Source: "the slot's versions"}
	}
	if err := a.readModule(files); err != nil {
		return nil, err
	}
	used, err := readWorkspace(files, a)
	if err != nil {
		return nil, err
	}
	if a.processes, err = hooks.Procfile(files); err != nil {
		return nil, err
	}
	a.told = in.Overrides.Start != "" || in.Overrides.StaticRoot != "" ||
		slices.ContainsFunc(a.processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb })
	a.mains = findMains(files, used)
	if len(a.mains) == 1 && a.mains[0] != "." {
		a.evidence = append(a.evidence, strings.TrimPrefix(a.mains[0], "./")+": package main")
	}
	if !a.told && in.Overrides.Build == "" && !in.Overrides.SkipBuild {
		a.problem = noProgram(a.mains)
	}
	return a, nil
}

// readModule reads go.mod, if there is one.
func (a *app) readModule(files *hooks.Files) error {
	a.locked = a.vendored || files.First("go.sum", "go.work.sum") != ""
	if !files.Exists("go.mod") {
		return nil
	}
	data, err := files.Read("go.mod")
	if err != nil {
		return err
	}
	m := parseModFile(data)
	a.module, a.toolchain = m.module, m.toolchain
	for _, r := range m.requires {
		a.requires = append(a.requires, r.path)
	}
	a.asks(m.goVersion, "go.mod")
	a.framework = "net/http"
	for _, r := range m.requires {
		if name := framework(r.path); name != "" && !r.indirect {
			a.framework = name
			a.evidence[0] = "go.mod: require " + r.path
			break
		}
	}
	if files.Exists("go.sum") {
		a.evidence = append(a.evidence, "go.sum")
	}
	return nil
}

// readWorkspace returns the modules that go.work lists, if there is one.
func readWorkspace(files *hooks.Files, a *app) ([]string, error) {
	if !files.Exists("go.work") {
		return nil, nil
	}
	data, err := files.Read("go.work")
	if err != nil {
		return nil, err
	}
	w := parseModFile(data)
	a.asks(w.goVersion, "go.work")
	return w.uses, nil
}

// asks notes the highest version that the files ask for; the slot's own word
// wins over them.
func (a *app) asks(version, file string) {
	if a.chosen == "" && version != "" && (a.version.Requested == "" || newer(version, a.version.Requested)) {
		a.version = hooks.Version{Tool: "go", Requested: version, Source: file + " go"}
	}
}

// majorSuffix ends the path of a module from its second major version on.
var majorSuffix = lazyregexp.New(`/v[0-9]+$`)

// framework names the web framework of a module path, "" for any other.
func framework(module string) string {
	switch majorSuffix.ReplaceAllString(module, "") {
	case "github.com/gin-gonic/gin":
		return "gin"
	case "github.com/labstack/echo":
		return "echo"
	case "github.com/gofiber/fiber":
		return "fiber"
	case "github.com/go-chi/chi":
		return "chi"
	}
	return ""
}

// sqliteInC is a module that compiles without cgo, but then refuses to work.
const sqliteInC = "github.com/mattn/go-sqlite3"

// needsC reports whether the app works with cgo only.
func (a *app) needsC() bool { return slices.Contains(a.requires, sqliteInC) }

// plan runs the program in the app's folder, where its templates and static
// files are.
func (a *app) plan(program string) slot.LaunchPlan {
	var plan slot.LaunchPlan
	if len(a.processes) > 0 || a.told {
		plan.PathPrepend = []string{binDir}
	}
	if !a.told {
		plan.Processes = []slot.Process{{Type: slot.ProcessWeb, Argv: []string{program}}}
	}
	return plan
}

// noProgram says why none of the packages is the one to run.
func noProgram(mains []string) *slot.Diagnostic {
	switch len(mains) {
	case 0:
		return &slot.Diagnostic{
			Severity: slot.SeverityError, Code: "go.no_main",
			Summary: "no package main found at the top, below cmd, in the workspace's modules, or one folder down",
			Hint:    "set root to the folder of the program, or start to the command that runs the app",
		}
	case 1:
		return nil
	}
	return &slot.Diagnostic{
		Severity: slot.SeverityError, Code: "go.many_mains",
		Summary: "there are several programs: " + strings.Join(mains, ", "),
		Hint: fmt.Sprintf("set root to %s, or build.command to \"go build -o app %s\"; to run several, name them in a Procfile: web: %s/%s",
			strings.TrimPrefix(mains[0], "./"), mains[0], binDir, path.Base(mains[0])),
	}
}
