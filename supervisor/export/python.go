package export

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// python makes the environment in the app's folder that the plan names.
func (a *App) python() (recipe, error) {
	v := a.version(2, "3.13")
	r := recipe{build: "docker.io/library/python:" + v, run: "docker.io/library/python:" + v + "-slim"}
	r.env = []string{"PATH=" + path.Join(appDir, a.root(), ".venv/bin") + ":$PATH", "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_CACHE_DIR=1", "PIP_ROOT_USER_ACTION=ignore"}
	install := a.pythonInstall()
	if server := a.pythonServer(); server != "" {
		install = append(install, ".venv/bin/python -m pip install "+server) // nothing to do where the app names it
	}
	var build []string
	if a.collects() {
		build = []string{"python manage.py collectstatic --noinput"}
	}
	r.steps = append([]string{"python3 -m venv .venv"}, a.steps(install, build)...)
	for _, installed := range a.distributions() {
		switch name, _, _ := strings.Cut(installed, "=="); name {
		case "psycopg2", "psycopg", "psycopg_c":
			r.packages = append(r.packages, "libpq5")
		case "mysqlclient":
			r.packages = append(r.packages, "libmariadb3")
		}
	}
	return r, nil
}

// pythonInstall returns the commands that install what the app needs, by the
// file that the hook goes by too.
func (a *App) pythonInstall() []string {
	const pip = ".venv/bin/python -m pip install "
	pyproject := a.read("pyproject.toml")
	switch {
	case a.has("uv.lock"):
		return []string{pip + "uv", "UV_PROJECT_ENVIRONMENT=.venv uv sync --locked --no-dev --inexact"}
	case a.has("poetry.lock"):
		return []string{pip + "poetry", "POETRY_VIRTUALENVS_IN_PROJECT=true poetry install --only main --no-root --no-interaction"}
	case a.has("requirements.txt"):
		return []string{pip + "-r requirements.txt"}
	case a.has("Pipfile.lock"):
		return []string{pip + "pipenv", "PIPENV_VENV_IN_PROJECT=1 pipenv sync"}
	case strings.Contains(pyproject, "[build-system]"):
		return []string{pip + "."}
	}
	if all := a.distributions(); len(all) > 0 { // as they are in the release: nothing names them
		return []string{pip + strings.Join(all, " ")}
	}
	return nil
}

var (
	pythonServer = lazyregexp.New(`(?:^|\s)(?:python -m )?(gunicorn|uvicorn)\s`)
	distribution = lazyregexp.New(`^(.+)-(\d[^-]*)\.dist-info$`)
	staticRoot   = lazyregexp.New(`(?m)^STATIC_ROOT\s*=`)
)

// pythonServer is the server that the web process is started with.
func (a *App) pythonServer() string {
	web := a.Release.Plan.Web()
	if web == nil {
		return ""
	}
	m := pythonServer.FindStringSubmatch(web.Command())
	if m == nil {
		return ""
	}
	for _, installed := range a.distributions() {
		if name, _, _ := strings.Cut(installed, "=="); name == m[1] {
			return installed
		}
	}
	return m[1]
}

// distributions are what the release's environment has, as "flask==3.1.0".
func (a *App) distributions() (all []string) {
	found, _ := fs.Glob(a.Files, path.Join(a.root(), ".venv/lib/python*/site-packages/*.dist-info"))
	for _, dir := range found {
		m := distribution.FindStringSubmatch(path.Base(dir))
		if m != nil && !slices.Contains([]string{"pip", "setuptools", "wheel"}, m[1]) {
			all = append(all, m[1]+"=="+m[2])
		}
	}
	return all
}

// collects reports whether Django has a folder for the app's static files.
func (a *App) collects() bool {
	if a.Release.Framework != "django" {
		return false
	}
	for _, pattern := range []string{"settings.py", "*/settings.py", "*/settings/*.py"} {
		found, _ := fs.Glob(a.Files, path.Join(a.root(), pattern))
		for _, file := range found {
			if data, err := fs.ReadFile(a.Files, file); err == nil && staticRoot.Match(data) {
				return true
			}
		}
	}
	return false
}
