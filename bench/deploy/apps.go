package main

// app is one example and what a script does to deploy it without slot. The
// script runs in a fresh clone.
type app struct {
	name   string
	script string
	touch  string // the file of the source that each commit changes
	line   string // what is added to it
}

// apps has one row a language; the scripts are what READMEs of deploy scripts do.
var apps = []app{
	{"express", "npm ci --no-audit --no-fund", "server.js", "// %d"},
	{"vite", "npm ci --no-audit --no-fund && npm run build", "index.html", "<!-- %d -->"},
	{"flask", "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt", "server.py", "# %d"},
	{"go-api", "go build -trimpath -o app .", "main.go", "// %d"},
	{"static", "true", "about.html", "<!-- %d -->"},
}
