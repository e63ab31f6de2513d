package node

import (
	"path"
	"regexp"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// choice is how an app is built and run.
type choice struct {
	framework  string
	evidence   []string
	configured bool // rests on a configuration file of the framework
	plan       slot.LaunchPlan
	outputs    []string         // static: where the page may be after the build, likeliest first
	buildEnv   []string         // beyond NODE_ENV=production
	problem    *slot.Diagnostic // why it cannot be run
}

// choose decides between a server and a folder of files. A build script says
// nothing about that: it is static only by a framework that is, and only
// without a start script of its own.
func choose(files *hooks.Files, m manifest, pm manager) choice {
	custom := m.scripts["start"] != "" && !devServer.MatchString(m.scripts["start"])
	for _, f := range frameworks() {
		evidence, ok := m.uses(f.dependencies...)
		if !ok {
			continue
		}
		c := choice{framework: f.name, evidence: []string{evidence}}
		config := files.First(f.configs...)
		if config != "" {
			c.configured = true
			c.evidence = append(c.evidence, config)
		}
		if f.decide(&c, facts{files, m, pm, custom, readText(files, config)}) {
			return c
		}
	}
	return chooseServer(files, m, pm, custom)
}

// facts is what a framework decides by.
type facts struct {
	files  *hooks.Files
	m      manifest
	pm     manager
	custom bool   // the start script is a server of the app's own
	config string // text of the framework's configuration file
}

// devServer matches start scripts that are for development only.
var devServer = regexp.MustCompile(`^(react-scripts start|vite( |$)|next dev|nuxt dev|nuxi dev|astro (dev|preview)|ng serve|vue-cli-service serve|parcel( |$)|webpack(-dev-server| serve)|gatsby develop|eleventy --serve|docusaurus start|remix (vite:)?dev|react-router dev)`)

// chooseServer takes the start script, then main, then a file with a usual
// name; with nothing of these, the output of a build script.
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
	case build:
		c.framework = "static"
		c.evidence = append(c.evidence, "package.json: scripts.build")
		c.site(false, "dist", "build", "out", "public", "_site", ".")
	case m.scripts["start"] != "":
		c.serve(startScript(m, pm))
	default:
		c.problem = &slot.Diagnostic{
			Severity: slot.SeverityError, Code: "node.no_start", File: "package.json",
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
			if files.Exists(name) {
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

// startScript returns the process of the start script, without npm in between
// where nothing else hangs on it.
func startScript(m manifest, pm manager) slot.Process {
	if m.scripts["prestart"]+m.scripts["poststart"] != "" {
		return slot.Process{Type: slot.ProcessWeb, Argv: pm.run("start")}
	}
	return hooks.Command(slot.ProcessWeb, m.scripts["start"])
}

// serve makes the choice a server.
func (c *choice) serve(web slot.Process) {
	c.plan.Processes = []slot.Process{web}
	c.plan.PathPrepend = []string{"node_modules/.bin"}
}

// site makes the choice a folder of files.
func (c *choice) site(spa bool, outputs ...string) {
	c.plan.Static = &slot.StaticSite{Root: outputs[0], SPA: spa}
	c.outputs = outputs
}

func readText(files *hooks.Files, name string) string {
	if name == "" {
		return ""
	}
	data, _ := files.Read(name)
	return string(data)
}
