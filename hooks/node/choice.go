package node

import (
	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// choice is how an app is built and run.
type choice struct {
	framework  string
	evidence   []string
	configured bool // rests on a configuration file of the framework
	plan       slot.LaunchPlan
	outputs    []string // static: where the page may be after the build, likeliest first
	entries    []string // server: what node may run after the build, likeliest first
	buildEnv   []string // beyond NODE_ENV=production
	warnings   []slot.Diagnostic
	problem    *slot.Diagnostic // why it cannot be run
}

// codeNoStart is of an app in which nothing says what to run.
const codeNoStart = "node.no_start"

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
var devServer = lazyregexp.New(`^(react-scripts start|vite( |$)|next dev|nuxt dev|nuxi dev|astro (dev|preview)|ng serve|vue-cli-service serve|parcel( |$)|webpack(-dev-server| serve)|gatsby develop|eleventy --serve|docusaurus start|remix (vite:)?dev|react-router dev)`)

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
