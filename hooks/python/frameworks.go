package python

import (
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// framework is one whose apps are an object, or a function that makes it.
type framework struct {
	name   string             // of its distribution too
	object *lazyregexp.Regexp // an object at the top of a module; its name is the first group
	makes  *lazyregexp.Regexp // anywhere: an object that a function makes
	async  bool               // speaks ASGI, else WSGI
}

func frameworks() []framework {
	class := func(name, constructor string, async bool) framework {
		return framework{
			name: name, async: async, makes: lazyregexp.New(`\b` + constructor + `\(`),
			object: lazyregexp.New(`(?m)^(\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:[\w.]+\.)?` + constructor + `\(`),
		}
	}
	dash := class("dash", "Dash", false)
	dash.object = lazyregexp.New(`(?m)^(\w+)\s*=\s*\w+\.server\b`)
	return []framework{
		class("fastapi", "FastAPI", true), dash, class("flask", "Flask", false), class("quart", "Quart", true),
		class("litestar", "Litestar", true), class("starlette", "Starlette", true), class("bottle", "Bottle", false),
	}
}

var (
	// factory matches a function without arguments that have to be given.
	factory = lazyregexp.New(`(?m)^def\s+(create_app|make_app|create_application|get_app|app_factory)\(\s*(?:\w+[^,=()]*=[^,()]*,?\s*)*\)`)
	// made matches an object that such a function made.
	made = lazyregexp.New(`(?m)^(\w+)\s*=\s*(?:[\w.]+\.)?(?:create_app|make_app|create_application|get_app|app_factory)\(`)
	// passedOn matches an object that a wsgi.py or asgi.py imports.
	passedOn = lazyregexp.New(`(?m)^from\s+[\w.]+\s+import\s+(?:.*\bas\s+)?(app|application|server)\b`)

	usesStreamlit = lazyregexp.New(`(?m)^\s*(?:import\s+streamlit|from\s+streamlit)\b`)
	// runsItself matches a module that serves when it is started as a program,
	// startsServer one that does so even when it is imported.
	runsItself   = lazyregexp.New(`__main__|\.run\(|serve_forever\(|\bserve\(|\.launch\(`)
	startsServer = lazyregexp.New(`(?m)^\w+\.run\(`)
	runsUvicorn  = lazyregexp.New(`(?m)^uvicorn\.run\(`)
	// serves matches a program that is a server by its own words.
	serves = lazyregexp.New(`\b(?:http\.server|socketserver|wsgiref|aiohttp|tornado|sanic|gradio|nicegui|socket)\b|["']PORT["']`)
)

// The commands of the servers. One process with threads suits a small app;
// WEB_CONCURRENCY gives more to both servers.
func serveWSGI(target string) string {
	return `python -m gunicorn --bind "$HOST:$PORT" --threads 4 ` + target
}

// serveFactory begins with exec itself: a line with brackets would otherwise
// keep its shell.
func serveFactory(target string) string {
	return `exec python -m gunicorn --bind "$HOST:$PORT" --threads 4 '` + target + `()'`
}

func serveASGI(target string) string {
	return `python -m uvicorn --host "$HOST" --port "$PORT" ` + target
}

func serveStreamlit(file string) string {
	return `python -m streamlit run ` + file + ` --server.address "$HOST" --server.port "$PORT" --server.headless true` +
		` --server.fileWatcherType none --browser.gatherUsageStats false`
}

// web makes the plan of one web process.
func web(p slot.Process) slot.LaunchPlan {
	p.Type = slot.ProcessWeb
	plan := inVenv()
	plan.Processes = []slot.Process{p}
	return plan
}

// inVenv makes a plan that starts nothing yet, in the release's own
// environment.
func inVenv() slot.LaunchPlan {
	return slot.LaunchPlan{
		PathPrepend: []string{venvName + "/bin"}, Env: map[string]string{"PYTHONUNBUFFERED": "1"}, // or logs come late
	}
}
