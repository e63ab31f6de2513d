package node

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// chooseServer takes the start script, then main, then a file with a usual
// name, in JavaScript or TypeScript; with nothing of these, the output of a
// build script.
func chooseServer(files *hooks.Files, m manifest, pm manager, custom bool) choice {
	c := choice{framework: "node", evidence: []string{"package.json"}}
	server := false
	for _, name := range []string{"express", "fastify", "koa", "@hapi/hapi", "hono"} {
		if evidence, ok := m.uses(name); ok {
			c.framework, c.evidence, server = path.Base(name), []string{evidence}, true
			break
		}
	}
	build := m.scripts["build"] != ""
	entry := files.First("server.js", "server.mjs")
	if server || !files.Exists("index.html") { // else they may be the page's own scripts
		entry = entryFile(files, m, build)
	}
	switch {
	case custom:
		c.evidence = append(c.evidence, "package.json: scripts.start")
		c.serve(startScript(m, pm))
	case entry != "":
		c.evidence = append(c.evidence, entry)
		c.serve(slot.Process{Type: slot.ProcessWeb, Argv: []string{"node", entry}})
	case c.typeScript(files, m, server):
	case build:
		c.framework = "static"
		c.evidence = append(c.evidence, "package.json: scripts.build")
		c.site(false, "dist", "build", "out", "public", "_site", ".")
	case m.scripts["start"] != "":
		c.serve(startScript(m, pm))
	default:
		c.problem = &slot.Diagnostic{
			Severity: slot.SeverityError, Code: codeNoStart, File: "package.json",
			Summary: "package.json has neither a start script nor a main file that exists",
			Hint:    "add \"start\": \"node server.js\" to its scripts, or set start",
		}
	}
	return c
}

// chooseBare takes the entry file of a server without a package.json.
func chooseBare(files *hooks.Files) choice {
	names := []string{"server.js", "server.mjs"}
	if !files.Exists("index.html") {
		names = append(names, "index.js", "index.mjs", "app.js", "main.js")
	}
	var c choice
	if entry := files.First(names...); entry != "" {
		c.framework, c.evidence = "node", []string{entry}
		c.plan.Processes = []slot.Process{{Type: slot.ProcessWeb, Argv: []string{"node", entry}}}
	}
	return c
}

// entryFile returns main when it is there or will be, else a usual name.
func entryFile(files *hooks.Files, m manifest, build bool) string {
	if main := path.Clean(strings.TrimPrefix(m.main, "./")); m.main != "" {
		for _, name := range []string{main, main + ".js", main + "/index.js"} {
			if files.Exists(name) && !strings.HasSuffix(name, ".ts") {
				return name
			}
		}
		top, _, below := strings.Cut(main, "/")
		if build && below && (top == "dist" || top == "build" || top == "lib" || top == "out") {
			return main
		}
	}
	return files.First("server.js", "index.js", "app.js", "server.mjs", "index.mjs", "src/server.js", "src/index.js")
}

var (
	compiles    = lazyregexp.New(`\b(tsc|tsup|swc|esbuild|tsdown|rollup|unbuild)\b`)
	outDirField = lazyregexp.New(`(?m)^\s*"outDir"\s*:\s*"([^"]+)"`)
)

// typeScript serves a server in TypeScript: what its compiler will write, else
// the source by a program that runs it.
func (c *choice) typeScript(files *hooks.Files, m manifest, server bool) bool {
	source := files.First("src/server.ts", "src/index.ts", "src/main.ts", "src/app.ts", "server.ts", "index.ts", "app.ts", "main.ts")
	if source == "" || !server && (files.First("index.html", "public/index.html", "src/index.html") != "" || len(m.dependencies) == 0 && !compiles.MatchString(m.scripts["build"])) {
		return false
	}
	c.evidence = append(c.evidence, source)
	_, tsx := m.uses("tsx")
	_, tsNode := m.uses("ts-node")
	switch {
	case compiles.MatchString(m.scripts["build"]):
		out := "dist"
		if set := outDirField.FindStringSubmatch(readText(files, "tsconfig.json")); set != nil {
			out = path.Clean(set[1])
		}
		inOut := func(name string) string { return path.Join(out, strings.TrimSuffix(name, ".ts")) }
		short := inOut(strings.TrimPrefix(source, "src/"))
		c.entries = slices.Compact([]string{short + ".js", inOut(source) + ".js", short + ".mjs", short + ".cjs"})
		c.serve(slot.Process{Type: slot.ProcessWeb, Argv: []string{"node", c.entries[0]}})
	case tsx:
		c.serve(slot.Process{Type: slot.ProcessWeb, Argv: []string{"tsx", source}})
	case tsNode:
		c.serve(slot.Process{Type: slot.ProcessWeb, Argv: []string{"ts-node", source}})
	default:
		c.entries = []string{source}
		c.serve(slot.Process{Type: slot.ProcessWeb, Argv: []string{"node", source}})
	}
	return true
}

// settleEntry looks which of the entries the build wrote, and whether this
// node runs it.
func (j *job) settleEntry(plan *slot.LaunchPlan) error {
	entries := j.app.choice.entries
	if len(entries) == 0 || j.app.told {
		return nil
	}
	found := j.files.First(entries...)
	switch {
	case found == "":
		return hooks.Fail(slot.Diagnostic{
			Code: codeNoStart, File: "package.json", Summary: fmt.Sprintf("the build left no %s", entries[0]),
			Hint: "add a start script that names the file to package.json, or set start",
		})
	case strings.HasSuffix(found, ".ts") && !satisfies(j.runtime.version, ">=22.18"):
		return hooks.Fail(slot.Diagnostic{
			Code: "node.typescript", File: found, Summary: fmt.Sprintf("%s is TypeScript, which node %s does not run", found, j.runtime.version),
			Hint: "add a build script such as tsc, or tsx: npm install tsx, and \"start\": \"tsx " + found + "\"",
		})
	}
	plan.Processes[0].Argv[1] = found
	return nil
}

// startScript returns the process of the start script, without a package
// manager in between where nothing else hangs on it.
func startScript(m manifest, pm manager) slot.Process {
	if m.scripts["prestart"]+m.scripts["poststart"] != "" {
		return slot.Process{Type: slot.ProcessWeb, Argv: pm.run("start")}
	}
	return hooks.Command(slot.ProcessWeb, m.unwrap(m.scripts["start"]))
}

// runsScript matches a command that runs another script of package.json.
var runsScript = lazyregexp.New(`^(?:npm|pnpm|yarn|bun) (?:run )?(?:--silent )?([\w:.-]+)$`)

// unwrap follows a script that only runs another one.
func (m *manifest) unwrap(script string) string {
	for range 5 {
		next := runsScript.FindStringSubmatch(strings.TrimSpace(script))
		if next == nil || m.scripts[next[1]] == "" || m.scripts["pre"+next[1]]+m.scripts["post"+next[1]] != "" {
			break
		}
		script = m.scripts[next[1]]
	}
	return script
}
