package rust

import (
	"maps"
	"slices"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// binDir is where programs are put in the app's folder, and in its PATH. It is
// where cargo itself would put them, so what a Procfile or start names is the
// same as on any machine.
const binDir = "target/release"

// app is what the files say.
type app struct {
	locked    bool
	bins      []bin
	defaults  []string // what packages name as default-run
	program   string   // the binary that serves the slot
	framework string
	edition   string
	minimum   hooks.Version // the oldest Rust that will do
	toolchain hooks.Version // what rust-toolchain asks for
	evidence  []string
	processes []slot.Process
	told      bool // the slot or a Procfile says what is served
	problem   *slot.Diagnostic
}

// read looks at an app's folder. Without a Cargo.toml the error wraps
// fs.ErrNotExist.
func read(files *hooks.Files, in hooks.App) (*app, error) {
	top, err := readManifest(files, ".")
	if err != nil {
		return nil, err
	}
	a := &app{locked: files.Exists(lockName), evidence: []string{manifestName}}
	if a.locked {
		a.evidence = append(a.evidence, lockName)
	}
	if w := top.Workspace; w != nil {
		a.framework = framework(w.Dependencies)
		a.asks(w.Package.RustVersion, w.Package.Edition)
	}
	for _, dir := range top.members(files) {
		m := top
		if dir != "." {
			if m, err = readManifest(files, dir); err != nil {
				return nil, err
			}
		}
		if m.Package == nil {
			continue
		}
		a.bins = append(a.bins, findBins(files, dir, m)...)
		a.asks(text(m.Package.RustVersion), text(m.Package.Edition))
		if m.Package.DefaultRun != "" {
			a.defaults = append(a.defaults, m.Package.DefaultRun)
		}
		if f := framework(m.Dependencies); f != "" {
			a.framework = f
		}
	}
	a.toolchain = readToolchain(files)
	if a.processes, err = hooks.Procfile(files); err != nil {
		return nil, err
	}
	o := in.Overrides
	a.told = o.Start != "" || o.StaticRoot != "" ||
		slices.ContainsFunc(a.processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb })
	if a.told {
		return a, nil
	}
	program, problem := a.choose(o.Options["bin"])
	a.program = program
	if o.Build == "" && !o.SkipBuild || o.Options["bin"] != "" {
		a.problem = problem
	}
	return a, nil
}

// asks notes the highest version and edition that a package asks for.
func (a *app) asks(version, edition string) {
	if newer(version, a.minimum.Requested) {
		a.minimum = hooks.Version{Tool: "rust", Requested: version, Source: "Cargo.toml rust-version"}
	}
	a.edition = max(a.edition, edition) // years
}

// versions returns what is asked for; a toolchain is the user's own choice.
func (a *app) versions() []hooks.Version {
	if a.toolchain.Requested != "" {
		return []hooks.Version{a.toolchain}
	}
	if a.minimum.Requested != "" {
		return []hooks.Version{a.minimum}
	}
	return nil
}

// framework names the web framework among the dependencies, "" without one.
func framework(dependencies map[string]any) string {
	known := []string{"rocket", "actix-web", "axum", "warp", "poem", "salvo", "tide", "hyper", "tiny_http"}
	names := slices.Collect(maps.Keys(dependencies))
	i := slices.IndexFunc(known, func(k string) bool { return slices.Contains(names, k) })
	if i < 0 {
		return ""
	}
	return known[i]
}

// plan runs the program in the app's folder, where its templates and static
// files are. Rocket reads address and port under names of its own.
func (a *app) plan(program string) slot.LaunchPlan {
	plan := slot.LaunchPlan{PathPrepend: []string{binDir}}
	if a.told || program == "" {
		return plan
	}
	p := slot.Process{Type: slot.ProcessWeb, Argv: []string{binDir + "/" + program}}
	if a.framework == "rocket" {
		p = slot.Process{Type: slot.ProcessWeb, Shell: `env ROCKET_ADDRESS="$HOST" ROCKET_PORT="$PORT" ` + p.Argv[0]}
	}
	plan.Processes = []slot.Process{p}
	return plan
}
