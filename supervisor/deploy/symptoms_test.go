package deploy

import (
	"strings"
	"testing"
)

// What the runtimes and libraries print, as they print it.
func TestDiagnose_KnowsTheClassicCauses(t *testing.T) {
	for _, tt := range []struct{ name, output, code, summary string }{
		{"node without a package", "node:internal/modules/cjs/loader:1228\n  throw err;\nError: Cannot find module 'express'\nRequire stack:\n- /srv/index.js", "app.dependency_missing", "the app uses express, which is not installed"},
		{"node esm without a package", "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'hono' imported from /srv/index.js", "app.dependency_missing", "hono"},
		{"node without its entry file", "Error: Cannot find module '/srv/src/dist/main.js'\n    at Module._resolveFilename", "app.start_script", "/srv/src/dist/main.js"},
		{"npm without a start script", "npm error Missing script: \"start\"", "app.start_script", "package.json has no script start"},
		{"python without its file", "python: can't open file '/srv/server.py': [Errno 2] No such file or directory", "app.start_script", "/srv/server.py"},
		{"python without a module", "  File \"/srv/app.py\", line 1, in <module>\nModuleNotFoundError: No module named 'flask_cors'", "app.dependency_missing", "flask_cors"},
		{"ruby without a gem", "<internal:kernel>:37:in `require': cannot load such file -- sinatra (LoadError)", "app.dependency_missing", "sinatra"},
		{"java without a class", "Exception in thread \"main\" java.lang.NoClassDefFoundError: com/google/gson/Gson", "app.dependency_missing", "com/google/gson/Gson"},
		{"shell without the program", "sh: 1: gunicorn: not found", "app.command_missing", "gunicorn"},
		{"python's variable", "    raise KeyError(key) from None\nKeyError: 'API_TOKEN'", "app.variable_missing", "the app needs the variable API_TOKEN"},
		{"ruby's variable", "config.ru:2:in `fetch': key not found: \"STRIPE_KEY\" (KeyError)", "app.variable_missing", "STRIPE_KEY"},
		{"an app's own words", "Error: Missing required environment variable: SMTP_HOST", "app.variable_missing", "SMTP_HOST"},
		{"other words of its own", "2026/11/23 SESSION_SECRET must be set", "app.variable_missing", "SESSION_SECRET"},
		{"django-environ", "django.core.exceptions.ImproperlyConfigured: Set the SENTRY_DSN environment variable", "app.variable_missing", "SENTRY_DSN"},
		{"django's key", "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.", "app.variable_missing", "SECRET_KEY"},
		{"spring's placeholder", "Could not resolve placeholder 'mail.host' in value \"${mail.host}\"", "app.variable_missing", "mail.host"},
		{"node's database", "Error: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect", "app.database_refused", "cannot reach its database"},
		{"psycopg's database", "psycopg.OperationalError: connection failed: connection to server at \"127.0.0.1\", port 5432 failed: Connection refused", "app.database_refused", ""},
		{"go's database", "dial tcp 127.0.0.1:5432: connect: connection refused", "app.database_refused", ""},
		{"a wrong password", "FATAL:  password authentication failed for user \"ada\"", "app.database_login", "user ada"},
		{"no such database", "FATAL:  database \"blog\" does not exist", "app.database_missing", "blog"},
		{"no such table", "sqlite3.OperationalError: no such table: posts", "app.database_schema", "posts"},
		{"a compose name", "Error: getaddrinfo ENOTFOUND db", "app.host_unknown", "no host db"},
		{"node's heap", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "app.out_of_memory", ""},
		{"java's heap", "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space", "app.out_of_memory", ""},
		{"java's version", "java.lang.UnsupportedClassVersionError: Main has been compiled by a more recent version of the Java Runtime", "app.language_version", ""},
		{"another node's binary", "was compiled against a different Node.js version using\nNODE_MODULE_VERSION 108. This version of Node.js requires", "app.language_version", ""},
		{"two kinds of modules", "SyntaxError: Cannot use import statement outside a module", "app.module_type", ""},
		{"deno's permissions", "error: Uncaught (in promise) NotCapable: Requires net access to \"0.0.0.0:8000\", run again with the --allow-net flag", "app.permission", "net access"},
		{"bun without a package", "error: Cannot find package 'elysia' from '/srv/src/index.ts'\n\nBun v1.4.5 (Linux x64)", "app.dependency_missing", "elysia"},
		{"django's hosts", "django.core.exceptions.DisallowedHost: Invalid HTTP_HOST header: 'a.example.com'. You may need to add 'a.example.com' to ALLOWED_HOSTS.", "app.host_refused", "a.example.com"},
		{"gunicorn without the object", "Failed to find attribute 'app' in 'server'.", "app.object_missing", "the module server has no object app"},
		{"uvicorn without the object", "ERROR:    Error loading ASGI app. Attribute \"app\" not found in module \"server\".", "app.object_missing", "the module server has no object app"},
		{"python's syntax", "  File \"/srv/src/shop/views.py\", line 3\n    def index()\n               ^\nSyntaxError: expected ':'", "app.syntax", "expected ':'"},
		{"port 80", "Error: listen EACCES: permission denied 0.0.0.0:80", "app.port_forbidden", ""},
		{"go's port 80", "listen tcp :80: bind: permission denied", "app.port_forbidden", ""},
		{"a full disk", "Error: ENOSPC: no space left on device, write", "app.disk_full", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := diagnose("c", strings.Split(tt.output, "\n"))
			if len(got) == 0 || got[0].Code != tt.code || !strings.Contains(got[0].Summary, tt.summary) {
				t.Fatalf("got %+v, want %s with %q", got, tt.code, tt.summary)
			}
			if got[0].Hint == "" || strings.Contains(got[0].Hint, "SLOT") || got[0].Detail == "" {
				t.Errorf("the remedy is %q by %q", got[0].Hint, got[0].Detail)
			}
		})
	}
}

func TestDiagnose_IsSilentAboutWhatItDoesNotKnow(t *testing.T) {
	for _, line := range []string{
		"", "listening on 3000", "Error: something broke", "GET /missing 404", "the page was not found", "TypeError: x is undefined",
		"using the environment variable PORT", "connect ECONNREFUSED 127.0.0.1:9999",
	} {
		if got := diagnose("a", []string{line}); len(got) > 0 {
			t.Errorf("%q: %+v", line, got)
		}
	}
}

// The commands are as /proc shows them.
func TestDevServers_AreKnownByTheirCommand(t *testing.T) {
	for command, dev := range map[string]bool{
		"node /srv/node_modules/.bin/vite":                         true,
		"node /srv/node_modules/vite/bin/vite.js --host 127.0.0.1": true,
		"node /srv/node_modules/.bin/vite preview --port 4000":     false,
		"node /srv/node_modules/.bin/next dev":                     true,
		"node /srv/node_modules/.bin/next start":                   false,
		"node /usr/bin/nodemon index.js":                           true,
		"node server.js":                                           false,
		"python manage.py runserver 127.0.0.1:8000":                true,
		"/srv/venv/bin/python -m flask --app app run --port 80":    true,
		"/srv/venv/bin/python -m gunicorn app:app":                 false,
		"uvicorn main:app --port 80":                               false,
		"uvicorn main:app --reload":                                true,
		"node investigate.js":                                      false,
	} {
		if got := devServers.MatchString(command); got != dev {
			t.Errorf("%q: got %v", command, got)
		}
	}
}
