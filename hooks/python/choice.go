package python

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// choice is how an app is run.
type choice struct {
	framework   string
	entry       string // the file found, "" for none
	evidence    []string
	configured  bool // rests on a configuration file of the framework
	plan        slot.LaunchPlan
	needs       []string // distributions without which it cannot start
	collects    bool     // Django: the build collects static files
	serves      bool     // by its own words
	diagnostics []slot.Diagnostic
	problem     *slot.Diagnostic // why it cannot be run
}

// choose finds what is started: a Django project, an object or a factory of a
// framework, a Streamlit script, or a program that serves by itself.
func choose(files *hooks.Files, m manifest) choice {
	if c, ok := chooseDjango(files, m); ok {
		return c
	}
	sources := readSources(files)
	if c, ok := chooseObject(files, m, sources); ok {
		return c
	}
	for _, s := range sources {
		if usesStreamlit.MatchString(s.text) {
			return choice{
				framework: "streamlit", entry: s.path, evidence: []string{s.path + ": import streamlit"},
				plan: web(slot.Process{Shell: serveStreamlit(s.path)}), needs: []string{"streamlit"},
			}
		}
	}
	return chooseProgram(m, sources)
}

// chooseObject looks in each file for an object, and only then for functions
// that make one.
func chooseObject(files *hooks.Files, m manifest, sources []source) (choice, bool) {
	for _, s := range sources {
		for _, f := range frameworks() {
			if match := f.object.FindStringSubmatch(s.text); match != nil {
				return f.start(files, s, match[1], ""), true
			}
		}
		name := path.Base(s.path)
		match := made.FindStringSubmatch(s.text)
		if match == nil && (name == "wsgi.py" || name == "asgi.py") {
			match = passedOn.FindStringSubmatch(s.text)
		}
		if f, ok := used(m, sources); ok && match != nil {
			return f.start(files, s, match[1], ""), true
		}
	}
	for _, s := range sources {
		if match := factory.FindStringSubmatch(s.text); match != nil {
			if f, ok := used(m, sources); ok {
				return f.start(files, s, "", match[1]), true
			}
		}
	}
	return choice{}, false
}

// used returns the framework that the app uses somewhere.
func used(m manifest, sources []source) (framework, bool) {
	for _, f := range frameworks() {
		if m.names[f.name] || slices.ContainsFunc(sources, func(s source) bool { return f.makes.MatchString(s.text) }) {
			return f, true
		}
	}
	return framework{}, false
}

const flaskServed = "FLASK_RUN_FROM_CLI"

// start serves the object, or what the function returns.
func (f framework) start(files *hooks.Files, s source, object, function string) choice {
	dir, module := s.locate(files)
	target := module + ":" + cmp.Or(object, function)
	c := choice{framework: f.name, entry: s.path, evidence: []string{s.path + ": " + cmp.Or(object, function+"()")}}
	p := slot.Process{WorkingDir: dir}
	switch {
	case object != "" && runsUvicorn.MatchString(s.text): // it cannot be imported without being started
		return program(s, f.name)
	case f.async && function != "":
		p.Shell = serveASGI("--factory " + target)
	case f.async:
		p.Shell = serveASGI(target)
	case function != "":
		p.Shell = serveFactory(target)
	default:
		p.Shell = serveWSGI(target)
	}
	c.needs = []string{f.name, "gunicorn"}
	if f.async {
		c.needs[1] = "uvicorn"
	}
	c.plan = web(p)
	if f.name == "flask" && startsServer.MatchString(s.text) {
		// Flask's own word for: app.run() does nothing, something else serves.
		c.plan.Env[flaskServed] = "true"
	}
	return c
}

// chooseProgram starts a file with a usual name as a program.
func chooseProgram(m manifest, sources []source) choice {
	uses := ""
	for _, name := range []string{"flask", "fastapi", "django", "quart", "litestar", "starlette", "bottle", "dash"} {
		if m.names[name] {
			uses = name
			break
		}
	}
	i := slices.IndexFunc(sources, func(s source) bool {
		return slices.Contains(entryNames(), s.path) && (uses == "" || runsItself.MatchString(s.text))
	})
	switch {
	case i >= 0:
		return program(sources[i], cmp.Or(uses, "script"))
	case uses != "":
		return choice{framework: uses, problem: &slot.Diagnostic{
			Severity: slot.SeverityError, Code: "python.module",
			Summary: "the app uses " + uses + ", but no file at its top has an app object, such as app = " + constructor(uses),
			Hint:    "set start to the command that serves it, such as: gunicorn --bind $HOST:$PORT package.module:app",
		}}
	}
	return choice{problem: &slot.Diagnostic{
		Severity: slot.SeverityError, Code: "python.no_start",
		Summary: "there is no file to start, such as app.py or main.py",
		Hint:    "name the file that serves the app so, or set start",
	}}
}

func constructor(framework string) string {
	if framework == "fastapi" {
		return "FastAPI()"
	}
	return strings.ToUpper(framework[:1]) + framework[1:] + "(…)"
}

func program(s source, framework string) choice {
	c := choice{
		framework: framework, entry: s.path, evidence: []string{s.path}, serves: serves.MatchString(s.text),
		plan: web(slot.Process{Argv: []string{"python", path.Base(s.path)}, WorkingDir: strings.TrimPrefix(path.Dir(s.path), ".")}),
	}
	if framework != "script" {
		c.needs = []string{framework}
	}
	return c
}

// told takes note that the slot or the Procfile says what is started: the
// servers it names have to be there.
func (c *choice) told(start string) {
	if c.problem != nil {
		c.plan, c.problem = inVenv(), nil
	}
	delete(c.plan.Env, flaskServed)
	c.needs = slices.DeleteFunc(c.needs, func(n string) bool { return n == "gunicorn" || n == "uvicorn" })
	for _, server := range []string{"gunicorn", "uvicorn"} {
		if regexp.MustCompile(`(^|[\s/])` + server + `\s`).MatchString(start) {
			c.needs = append(c.needs, server)
		}
	}
}

// weak reports whether a page beside it is likelier to be the app.
func (c *choice) weak(m manifest) bool {
	return c.problem != nil || m.bare() && len(c.needs) == 0 && !c.serves
}
