package python

import (
	"path"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

var (
	settingsModule = lazyregexp.New(`DJANGO_SETTINGS_MODULE['"]\s*[,\]]\s*=?\s*['"]([\w.]+)['"]`)
	wsgiSetting    = lazyregexp.New(`(?m)^WSGI_APPLICATION\s*=\s*['"]([\w.]+)\.(\w+)['"]`)
	asgiSetting    = lazyregexp.New(`(?m)^ASGI_APPLICATION\s*=\s*['"]([\w.]+)\.(\w+)['"]`)
	staticRoot     = lazyregexp.New(`(?m)^STATIC_ROOT\s*=`)
	sqliteFile     = lazyregexp.New(`(?m)^\s*['"]NAME['"]:.*\bBASE_DIR\b.*?['"]([\w.-]+)['"]`)
	debugOn        = lazyregexp.New(`(?m)^DEBUG\s*=\s*True\b`)
	staticApp      = lazyregexp.New(`['"]django\.contrib\.staticfiles['"]`)
	noHosts        = lazyregexp.New(`(?m)^ALLOWED_HOSTS(?:\s*:[^=\n]+)?\s*=\s*\[\s*\]`)
)

// chooseDjango takes a manage.py of Django.
func chooseDjango(files *hooks.Files, m manifest) (choice, bool) {
	manage := readText(files, "manage.py")
	if !strings.Contains(strings.ToLower(manage), "django") {
		return choice{}, false
	}
	c := choice{framework: "django", entry: "manage.py", evidence: []string{"manage.py"}, configured: true}
	file, settings := readSettings(files, manage)
	c.collects = staticRoot.MatchString(settings)
	c.diagnostics = djangoAdvice(settings, file, m)
	wsgi, asgi := moduleOf(files, wsgiSetting, settings, "wsgi"), moduleOf(files, asgiSetting, settings, "asgi")
	switch {
	case wsgi != "":
		c.needs, c.plan = []string{"django", "gunicorn"}, web(slot.Process{Shell: serveWSGI(wsgi)})
	case asgi != "":
		c.needs, c.plan = []string{"django", "uvicorn"}, web(slot.Process{Shell: serveASGI(asgi)})
	default:
		c.problem = &slot.Diagnostic{
			Severity: slot.SeverityError, Code: "python.module", File: "manage.py",
			Summary: "this Django project names no WSGI_APPLICATION and has no wsgi.py",
			Hint:    "commit the wsgi.py that django-admin startproject makes, or set start",
		}
		return c, true
	}
	c.plan.Processes = append(c.plan.Processes, slot.Process{
		Type: slot.ProcessRelease, Shell: "python manage.py migrate --noinput",
	})
	return c, true
}

// djangoAdvice tells what startproject's settings lack to be on a server.
func djangoAdvice(settings, file string, m manifest) (advice []slot.Diagnostic) {
	tell := func(severity slot.Severity, code, summary, hint string) {
		advice = append(advice, slot.Diagnostic{Severity: severity, Code: code, File: file, Summary: summary, Hint: hint})
	}
	if noHosts.MatchString(settings) {
		tell(slot.SeverityWarning, "python.allowed_hosts", "ALLOWED_HOSTS is empty: Django refuses requests to the app's public address",
			`set ALLOWED_HOSTS = ["*"]: only slot's proxy can reach the app`)
	}
	if match := sqliteFile.FindStringSubmatch(settings); match != nil {
		tell(slot.SeverityWarning, "python.sqlite_in_release",
			"the database "+match[1]+" is in the release's own folder: the next deployment begins with an empty one",
			`keep it in the folder that the variable SLOT_STORAGE names: Path(os.environ.get("SLOT_STORAGE", BASE_DIR)) / "`+match[1]+`"`)
	}
	if debugOn.MatchString(settings) {
		tell(slot.SeverityWarning, "python.debug", "DEBUG is True: errors show visitors the source and the settings",
			`set DEBUG = os.environ.get("DEBUG") == "1"`)
	}
	if staticApp.MatchString(settings) && !strings.Contains(settings, "whitenoise") && !m.names["whitenoise"] {
		tell(slot.SeverityInfo, "python.static_files", "nothing serves the app's static files: gunicorn does not, as runserver does",
			`add whitenoise to the dependencies and to MIDDLEWARE, and set STATIC_ROOT = BASE_DIR / "staticfiles"`)
	}
	return advice
}

// readSettings returns the file that manage.py names, and its text with that
// of its siblings where the settings are a package of several.
func readSettings(files *hooks.Files, manage string) (file, text string) {
	match := settingsModule.FindStringSubmatch(manage)
	if match == nil {
		return "", ""
	}
	name := strings.ReplaceAll(match[1], ".", "/")
	file = files.First(name+".py", name+"/__init__.py")
	text = readText(files, file)
	if dir := path.Dir(file); path.Base(dir) == "settings" {
		for _, sibling := range []string{"base.py", "common.py", "production.py"} {
			text += "\n" + readText(files, path.Join(dir, sibling))
		}
	}
	return file, text
}

// moduleOf returns the target that the settings name, or that of the only
// folder with such a file.
func moduleOf(files *hooks.Files, setting *lazyregexp.Regexp, settings, name string) string {
	if match := setting.FindStringSubmatch(settings); match != nil {
		return match[1] + ":" + match[2]
	}
	entries, _ := files.List(".")
	for _, e := range entries {
		if e.IsDir() && shellWord.MatchString(e.Name()) && !notTheApp.MatchString(e.Name()) && files.Exists(path.Join(e.Name(), name+".py")) {
			return e.Name() + "." + name + ":application"
		}
	}
	if files.Exists(name + ".py") {
		return name + ":application"
	}
	return ""
}
