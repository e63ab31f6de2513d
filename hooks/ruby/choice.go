package ruby

import (
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// choice is how an app is run.
type choice struct {
	framework   string
	entry       string // the file that is started, "" for none
	evidence    []string
	configured  bool // rests on a configuration file of the framework
	serves      bool // it is a web app by its own words
	plan        slot.LaunchPlan
	needs       []string // gems without which it cannot start, where no Gemfile names them
	assets      bool     // Rails: the build makes them
	diagnostics []slot.Diagnostic
	problem     *slot.Diagnostic // why it cannot be run
}

// production is what the frameworks take their defaults from. They are
// defaults of the plan: the slot's variables win.
func production() map[string]string { return map[string]string{"RACK_ENV": "production"} }

// choose finds what is started: a Rails app, a Rack app, a Sinatra app in one
// file, or a program that serves by itself.
func choose(files *hooks.Files, g gems, name slot.Name) choice {
	if c, ok := chooseRails(files, g, name); ok {
		return c
	}
	if files.Exists("config.ru") {
		return chooseRack(g)
	}
	scripts := readScripts(files)
	for _, s := range scripts {
		if usesSinatra.MatchString(s.text) || modular.MatchString(s.text) && runs.MatchString(s.text) ||
			g.has("sinatra") && requiresAll.MatchString(s.text) && route.MatchString(s.text) {
			return chooseSinatra(s, g)
		}
	}
	if i := slices.IndexFunc(scripts, func(s script) bool { return slices.Contains(entryNames(), s.name) }); i >= 0 {
		s := scripts[i]
		return choice{
			framework: "script", entry: s.name, evidence: []string{s.name}, serves: serves.MatchString(s.text),
			plan: web(slot.Process{Argv: g.exec("ruby", s.name)}),
		}
	}
	return choice{problem: &slot.Diagnostic{
		Severity: slot.SeverityError, Code: "ruby.no_start",
		Summary: "there is nothing to start: no config.ru, no Rails app, and no app.rb or the like",
		Hint:    "name the file that serves the app app.rb, or set start",
	}}
}

var (
	usesSinatra = lazyregexp.New(`(?m)^\s*require[\s(]+['"]sinatra['"]`)
	modular     = lazyregexp.New(`(?m)^\s*require[\s(]+['"]sinatra/base['"]`)
	runs        = lazyregexp.New(`\brun!`)
	requiresAll = lazyregexp.New(`(?m)^\s*Bundler\.require\b`)
	route       = lazyregexp.New(`(?m)^(?:get|post)\b`)
	binds       = lazyregexp.New(`\bbind\b|\bHOST\b`)
	// serves matches a program that is a server by its own words.
	serves = lazyregexp.New(`\b(?:WEBrick|TCPServer|Puma|Rack|Sinatra|Roda|Falcon|Async::HTTP)\b|["']PORT["']`)
)

// chooseRack serves a config.ru: with Puma where the app names it, else with
// what rackup finds.
func chooseRack(g gems) choice {
	c := choice{entry: "config.ru", evidence: []string{"config.ru"}, serves: true, framework: "rack", needs: []string{"rack"}}
	for _, name := range []string{"hanami", "padrino", "roda", "grape", "sinatra", "cuba"} {
		if g.has(name) {
			c.framework = name
			break
		}
	}
	c.checkServer(g)
	line := `rackup -o "$HOST" -p "$PORT"`
	switch {
	case g.has("puma"):
		line = servePuma
	case g.has("unicorn"): // which rackup does not know
		line = `unicorn -l "$HOST:$PORT"`
	}
	c.plan = web(slot.Process{Shell: g.prefix() + line})
	c.plan.Env = production()
	return c
}

const servePuma = `puma -b "tcp://$HOST:$PORT"`

// chooseSinatra starts the app's own file, which takes its address from the
// command line, or, as a class, from PORT alone.
func chooseSinatra(s script, g gems) choice {
	c := choice{
		framework: "sinatra", entry: s.name, evidence: []string{s.name + ": sinatra"}, serves: true,
		needs: []string{"sinatra"},
	}
	c.checkServer(g)
	c.plan = web(slot.Process{Shell: g.prefix() + "ruby " + s.name + ` -o "$HOST" -p "$PORT"`})
	c.plan.Env = production()
	c.plan.Env["APP_ENV"] = "production" // Sinatra's own name for it
	if modular.MatchString(s.text) {
		c.plan.Processes[0] = slot.Process{Type: slot.ProcessWeb, Argv: g.exec("ruby", s.name)}
		if !binds.MatchString(s.text) {
			c.diagnostics = append(c.diagnostics, slot.Diagnostic{
				Severity: slot.SeverityWarning, Code: "ruby.binds_all", File: s.name,
				Summary: "the app listens on every address of the machine, not only on the one that slot asks it to",
				Hint:    `add to the class: set :bind, ENV.fetch("HOST", "localhost"); or add a config.ru`,
			})
		}
	}
	return c
}

// servers are the gems that rackup or Sinatra can serve with, the one for
// development last.
func servers() []string {
	return []string{"puma", "falcon", "unicorn", "thin", "iodine", "agoo", "passenger", "itsi-server", "webrick"}
}

// checkServer tells an app without a server, for Ruby itself has none since
// 3.0, and one that has only the server for development.
func (c *choice) checkServer(g gems) {
	switch i := slices.IndexFunc(servers(), g.has); {
	case !g.known():
	case i < 0:
		c.problem = &slot.Diagnostic{
			Severity: slot.SeverityError, Code: "ruby.no_server", File: g.file,
			Summary: "the app is for Rack, and its " + g.file + " names no server",
			Hint:    "run bundle add puma and commit both files; or set start",
		}
	case servers()[i] == "webrick":
		c.diagnostics = append(c.diagnostics, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "ruby.webrick", File: g.file,
			Summary: "the app is served by WEBrick, which is slow and meant for development",
			Hint:    "run bundle add puma and commit both files",
		})
	}
}

// prefix is what a command line of the app's gems begins with.
func (g gems) prefix() string { return strings.Join(append(g.exec(), ""), " ") }

// exec returns the command that runs a program with the app's gems.
func (g gems) exec(argv ...string) []string {
	if g.file == "" {
		return argv
	}
	return append([]string{"bundle", "exec"}, argv...)
}

// told takes note that the slot or the Procfile says what is started.
func (c *choice) told() {
	if c.problem != nil {
		c.problem, c.plan = nil, slot.LaunchPlan{Env: production()}
	}
	c.needs, c.entry = nil, ""
}

// web makes the plan of one web process.
func web(p slot.Process) slot.LaunchPlan {
	p.Type = slot.ProcessWeb
	return slot.LaunchPlan{Processes: []slot.Process{p}}
}
