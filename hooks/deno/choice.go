package deno

import (
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// The variable that makes Deno's servers listen where slot says, whatever
// their code says: Deno.serve, deno serve and node:http alike. Source: tried
// with Deno 2.9; its release notes name 2.3.
const (
	address      = `DENO_SERVE_ADDRESS="tcp:$HOST:$PORT"`
	addressSince = "2.3"
)

// choice is how an app is run.
type choice struct {
	framework string
	entry     string // the module that is started, as far as it is known
	evidence  []string
	script    bool // package.json says that Deno starts it
	web       slot.Process
	outputs   []string         // of a static site: where the page may be after the build
	problem   *slot.Diagnostic // why it cannot be run
}

// choose takes the start task, then package.json's start script, then a module
// that serves; with nothing of these, the output of a build task.
func choose(files *hooks.Files, c config) choice {
	out := choice{framework: frameworkOf(c)}
	name := "start"
	// Fresh 1 has a server that watches its files as start, and the real one as
	// preview.
	if c.tasks["preview"] != "" && watches.MatchString(c.tasks["start"]) {
		name = "preview"
	}
	switch {
	case c.tasks[name] != "":
		out.evidence = []string{c.file + ": tasks." + name}
		out.run(c.tasks[name], "deno task "+name)
	case startsDeno.MatchString(c.script):
		out.script, out.evidence = true, []string{"package.json: scripts.start"}
		out.run(c.script, "deno task start")
	default:
		out.entry = findEntry(files, c)
		switch {
		case out.entry != "":
			out.evidence = []string{out.entry}
			permissions := "--allow-all" // slot's own sandbox is the app's
			if c.granted {
				permissions = "--permission-set"
			}
			out.web = slot.Process{Type: slot.ProcessWeb, Shell: "env " + address + " deno run --cached-only " + permissions + " " + out.entry}
		case c.tasks["build"] != "":
			out.evidence = []string{c.file + ": tasks.build"}
			out.outputs = []string{"_site", "dist", "build", "out", "public"}
		default:
			out.problem = &slot.Diagnostic{
				Severity: slot.SeverityError, Code: "deno.no_start", File: c.file,
				Summary: "there is neither a start task nor a module that serves, such as main.ts with Deno.serve",
				Hint:    `add "tasks": {"start": "deno run --allow-all FILE"} to deno.json, or set start`,
			}
		}
	}
	return out
}

var (
	startsDeno = lazyregexp.New(`^\s*deno\s`)
	runs       = lazyregexp.New(`^\s*deno\s+(run|serve)\s+(.+)$`)
	watches    = lazyregexp.New(`\s--(?:watch|watch-hmr|hmr)(?:=\S*)?(?:\s|$)`)
	compound   = lazyregexp.New("[;&|()<>`\n]")
	module     = lazyregexp.New(`(?:^|\s)((?:\./)?[\w@/.-]+\.(?:ts|tsx|js|jsx|mjs|mts))(?:\s|$)`)
)

// run runs a task: one command of Deno's by itself, without watching files that
// do not change and without fetching anything; more than that by the task
// runner.
func (c *choice) run(task, runner string) {
	line := "env " + address + " " + runner
	if m := runs.FindStringSubmatch(task); m != nil {
		if file := module.FindStringSubmatch(m[2]); file != nil {
			c.entry = path.Clean(file[1])
		}
		if !compound.MatchString(task) {
			rest := strings.TrimSpace(watches.ReplaceAllString(" "+m[2], " "))
			line = "env " + address + " deno " + m[1] + " --cached-only " + rest
		}
	}
	c.web = slot.Process{Type: slot.ProcessWeb, Shell: line}
}

// plan is what a release is run by.
func (c *choice) plan() slot.LaunchPlan {
	plan := slot.LaunchPlan{Env: map[string]string{
		"DENO_DIR": storeName, "DENO_AUTO_SERVE": "1", "DENO_NO_PROMPT": "1", "DENO_NO_UPDATE_CHECK": "1",
	}}
	switch {
	case len(c.outputs) > 0:
		return slot.LaunchPlan{Static: &slot.StaticSite{Root: c.outputs[0]}}
	case c.web.Shell != "":
		plan.Processes = []slot.Process{c.web}
	}
	return plan
}

// findEntry returns the module that is started where no task says so: one that
// serves, or what deno.json exports.
func findEntry(files *hooks.Files, c config) string {
	names := []string{
		"main.ts", "server.ts", "mod.ts", "app.ts", "index.ts", "main.tsx", "server.tsx", "app.tsx", "main.js", "server.js", "mod.js",
		"src/main.ts", "src/server.ts", "src/mod.ts", "src/app.ts", "src/index.ts", "main.mjs", "server.mjs",
	}
	if entry := path.Clean(c.exports); c.exports != "" {
		names = append([]string{entry}, names...)
	}
	for _, name := range names {
		text := readText(files, name)
		if denoServes.MatchString(text) || c.file != "" && serves.MatchString(text) {
			return name
		}
	}
	return ""
}

var (
	denoServes = lazyregexp.New(`\bDeno\.(?:serve|listen|serveHttp)\b`)
	// serves matches what is a server in an app that is known to be Deno's.
	serves = lazyregexp.New(`\.listen\(|export default \{[^}]*\bfetch\b|export default app\b|satisfies Deno\.ServeDefaultExport|\bserve\(`)
)

// frameworkOf returns the name to show, "" for none: the first group has what is built on
// those behind it.
func frameworkOf(c config) string {
	for _, names := range [][]string{
		{"fresh", "$fresh", "@fresh/core"}, {"lume"}, {"hono", "@hono/hono"}, {"oak", "@oak/oak"}, {"express"},
	} {
		if slices.ContainsFunc(names, c.uses) {
			return names[0]
		}
	}
	return ""
}
