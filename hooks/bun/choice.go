package bun

import (
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// choice is how an app is run.
type choice struct {
	framework string
	entry     string // the file that is started
	evidence  []string
	plan      slot.LaunchPlan
}

// choose finds the file that Bun starts; false where the app is not Bun's. own
// tells that something besides the source says Bun.
func choose(files *hooks.Files, m manifest, own bool) (choice, bool) {
	c := choice{framework: frameworkOf(m)}
	if script := follow(m.scripts, "start"); script != "" {
		found := startsFile.FindAllStringSubmatch(script, -1)
		if found == nil {
			return c, false // its program is another: Node's, or a framework's
		}
		c.entry, c.evidence = path.Clean(found[len(found)-1][1]), []string{"package.json: scripts.start"}
		c.serve(hooks.Command(slot.ProcessWeb, strings.TrimSpace(watches.ReplaceAllString(script, " "))))
		if m.scripts["prestart"]+m.scripts["poststart"] != "" {
			c.serve(slot.Process{Type: slot.ProcessWeb, Argv: []string{"bun", "run", "start"}})
		}
		return c, true
	}
	c.entry = findEntry(files, m, own)
	if c.entry == "" {
		return c, false
	}
	c.evidence = []string{c.entry}
	c.serve(slot.Process{Type: slot.ProcessWeb, Argv: []string{"bun", c.entry}})
	return c, true
}

var (
	// startsFile matches a command that runs a file with Bun, alone or last in a
	// list. "bun run build", "bun --bun next start" and "bun test" are not.
	startsFile = lazyregexp.New(`(?:^|[;&|]\s*)(?:[A-Za-z_]\w*=\S*\s+)*bun\s+(?:run\s+)?(?:-\S+\s+)*((?:\./)?[\w@/.-]+\.(?:[mc]?ts|[mc]?js|tsx|jsx))(?:\s|$)`)
	// runsScript matches a start script that leads to another one.
	runsScript = lazyregexp.New(`^\s*bun\s+(?:run\s+)?([\w:-]+)\s*$`)
	// watches matches what restarts a program when its files change: those of a
	// release do not.
	watches = lazyregexp.New(`\s--(?:watch|hot)(?:\s|$)`)
)

// follow returns the script, or the one that it is another name of.
func follow(scripts map[string]string, name string) string {
	script := scripts[name]
	for range 5 {
		m := runsScript.FindStringSubmatch(script)
		if m == nil || scripts[m[1]] == "" {
			break
		}
		script = scripts[m[1]]
	}
	return script
}

// findEntry returns the file to start where no script says so: one that serves
// by Bun's own means, else, in an app with Bun's lock file that is nothing but
// a server, one in TypeScript.
func findEntry(files *hooks.Files, m manifest, own bool) string {
	names := []string{
		"index.ts", "server.ts", "src/index.ts", "src/server.ts", "app.ts", "main.ts", "src/app.ts", "src/main.ts",
		"index.tsx", "server.tsx", "src/index.tsx", "src/server.tsx", "index.js", "server.js", "src/index.js", "src/server.js",
	}
	if m.entry != "" {
		names = append([]string{path.Clean(m.entry)}, names...)
	}
	for _, name := range names {
		if bunServes.MatchString(readText(files, name)) {
			return name
		}
	}
	if !own || files.Exists("index.html") || slices.ContainsFunc(nodeOnly(), func(n string) bool { return m.dependencies[n] != "" }) {
		return ""
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".ts") && files.Exists(name) {
			return name
		}
	}
	return ""
}

var bunServes = lazyregexp.New(`\bBun\.(?:serve|listen)\(|(?m)^\s*import\s*\{[^}]*\bserve\b[^}]*\}\s*from\s*["']bun["']`)

// nodeOnly returns the packages of frameworks that the hook for Node builds and
// starts, with Bun as the installer where that is asked for.
func nodeOnly() []string {
	return []string{
		"next", "nuxt", "@nestjs/core", "@sveltejs/kit", "astro", "@react-router/dev", "@remix-run/node", "react-scripts", "@angular/cli",
		"gatsby", "@docusaurus/core", "@11ty/eleventy", "@vue/cli-service", "vite", "parcel", "webpack",
	}
}

// frameworkOf returns the name to show, "" for none.
func frameworkOf(m manifest) string {
	for _, name := range []string{"elysia", "hono", "express", "fastify", "koa"} {
		if m.dependencies[name] != "" {
			return name
		}
	}
	return ""
}

// serve makes the plan of a server. Bun would otherwise fetch what is missing
// while it starts, write to the user's home, and show errors with source code
// to visitors.
func (c *choice) serve(web slot.Process) {
	c.plan = slot.LaunchPlan{
		Processes: []slot.Process{web}, PathPrepend: []string{"node_modules/.bin"},
		Env: map[string]string{
			"BUN_OPTIONS": "--no-install", "BUN_RUNTIME_TRANSPILER_CACHE_PATH": "0", "DO_NOT_TRACK": "1", "NODE_ENV": "production",
		},
	}
}
