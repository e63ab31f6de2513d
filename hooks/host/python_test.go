package host_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

// pypi skips a test where pip cannot install.
func pypi(t *testing.T) {
	t.Helper()
	need(t, "python3")
	target := t.TempDir()
	cmd := exec.Command("python3", "-I", "-m", "pip", "download", "-q", "--no-deps", "-d", target, "itsdangerous==2.2.0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Logf("%s", out)
		missing(t, "the Python package index")
	}
}

const pyapp = `
from itsdangerous import Signer
from http.server import HTTPServer, SimpleHTTPRequestHandler
HTTPServer(("", 0), SimpleHTTPRequestHandler).serve_forever()
`

func TestPython_EnvironmentOfUnchangedRequirementsIsLinked(t *testing.T) {
	t.Parallel()
	pypi(t)
	h, dir := newHost(t)
	write(t, dir, map[string]string{"requirements.txt": "itsdangerous==2.2.0\ngunicorn==23.0.0\n", "main.py": pyapp})
	for _, tt := range []struct {
		name, step string
		hit        bool
		noCache    bool
	}{
		{"first", "pip install -r requirements.txt", false, false},
		{"again", "pip install -r requirements.txt (from cache)", true, false},
		{"no cache", "pip install -r requirements.txt", false, true},
		{"after that", "pip install -r requirements.txt (from cache)", true, false},
	} {
		// Each release is at another path.
		release := filepath.Join(t.TempDir(), "src")
		if err := os.CopyFS(release, os.DirFS(filepath.Join(dir, "app"))); err != nil {
			t.Fatal(err)
		}
		result, steps, err := deploy(t, h, dir, func(r *host.BuildRequest) {
			r.NoCache, r.App.SourceDir, r.App.AppDir = tt.noCache, release, release
		})
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if web := result.Plan.Web(); web == nil || !slices.Equal(web.Argv, []string{"python", "main.py"}) {
			t.Errorf("%s: got plan %+v", tt.name, result.Plan)
		}
		if hit := len(result.Caches) == 1 && result.Caches[0].Hit; hit != tt.hit || len(steps) != 1 || steps[0].Detail != tt.step {
			t.Errorf("%s: got caches %+v, steps %+v", tt.name, result.Caches, steps)
		}
		bin := filepath.Join(release, ".venv", "bin")
		if out, err := exec.Command(filepath.Join(bin, "python"), "-I", "-c", "import itsdangerous; print(itsdangerous.__file__)").CombinedOutput(); err != nil ||
			!strings.HasPrefix(string(out), release) {
			t.Errorf("%s: the app does not use its own dependency: %s", tt.name, out)
		}
		if out, err := exec.Command(filepath.Join(bin, "gunicorn"), "--version").CombinedOutput(); err != nil {
			t.Errorf("%s: a program of the environment does not start: %v %s", tt.name, err, out)
		}
		if data, err := os.ReadFile(filepath.Join(bin, "gunicorn")); err != nil || !strings.Contains(string(data), bin) {
			t.Errorf("%s: a program of the environment uses that of another release: %s", tt.name, data)
		}
	}
}

func TestPython_AddsTheServerThatIsNotNamed(t *testing.T) {
	t.Parallel()
	pypi(t)
	h, dir := newHost(t)
	write(t, dir, map[string]string{"requirements.txt": "bottle==0.13.2\n", "web.py": "import bottle\n\napp = bottle.Bottle()\n"})
	for _, name := range []string{"first", "from the cache"} {
		result, _, err := deploy(t, h, dir, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.Equal(codes(result.Diagnostics), []string{"python.added"}) || result.Diagnostics[0].Severity != slot.SeverityInfo {
			t.Errorf("%s: got %+v", name, result.Diagnostics)
		}
		if _, err := os.Stat(filepath.Join(dir, "app", ".venv", "bin", "gunicorn")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPython_BuildsDjango(t *testing.T) {
	t.Parallel()
	pypi(t)
	h, dir := newHost(t)
	write(t, dir, map[string]string{
		"requirements.txt": "Django==4.2.17\ngunicorn==23.0.0\n",
		"manage.py": "import os, sys\nfrom django.core.management import execute_from_command_line\n" +
			"os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"site1.settings\")\nexecute_from_command_line(sys.argv)\n",
		"site1/settings.py": "SECRET_KEY = \"x\"\nINSTALLED_APPS = [\"django.contrib.staticfiles\"]\nSTATIC_URL = \"static/\"\n" +
			"STATIC_ROOT = \"collected\"\nSTATICFILES_DIRS = [\"assets\"]\nALLOWED_HOSTS = [\"*\"]\n",
		"site1/wsgi.py": "", "assets/site.css": "body {}\n",
		"package.json": `{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "6"}}`, "package-lock.json": "{}", "vite.config.js": "",
	})
	result, steps, err := deploy(t, h, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Plan.Processes) != 2 || result.Plan.Processes[1].Type != slot.ProcessRelease || len(steps) != 2 {
		t.Errorf("got plan %+v, steps %+v", result.Plan, steps)
	}
	if _, err := os.Stat(filepath.Join(dir, "app", "collected", "site.css")); err != nil {
		t.Error(err)
	}
}

func TestPython_ExplainsFailures(t *testing.T) {
	t.Parallel()
	pypi(t)
	for _, tt := range []struct {
		name  string
		files map[string]string
		code  string
		fails bool
	}{
		{"version that does not exist", map[string]string{"requirements.txt": "itsdangerous==0.0.404\n", "main.py": ""}, "python.no_distribution", true},
		{"line that cannot be read", map[string]string{"requirements.txt": "one two three\n", "main.py": ""}, "python.manifest_invalid", true},
		{"file that is not there", map[string]string{"requirements.txt": "-r base.txt\n", "main.py": ""}, "python.file_missing", true},
		{"no app object", map[string]string{"requirements.txt": "flask\n", "models.py": ""}, "python.module", true},
		{"nothing to start", map[string]string{"requirements.txt": "six\n", "x.py": ""}, "python.no_start", true},
		{"wrong pyproject", map[string]string{"pyproject.toml": "[project", "main.py": ""}, "python.manifest_invalid", true},
		{"wrong Pipfile.lock", map[string]string{"Pipfile": "", "Pipfile.lock": "{", "main.py": ""}, "python.manifest_invalid", true},
		{"another Python", map[string]string{".python-version": "3.2\n", "main.py": ""}, "python.version", false},
		{"package that cannot be built", map[string]string{
			"requirements.txt": "./broken\n", "main.py": "", "broken/setup.py": `raise SystemExit("pg_config executable not found")`,
		}, "python.headers", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t)
			write(t, dir, tt.files)
			result, _, err := deploy(t, h, dir, nil)
			if (err != nil) != tt.fails || !slices.Contains(codes(result.Diagnostics), tt.code) {
				t.Errorf("got %v, %+v", err, result.Diagnostics)
			}
			if e := slot.AsError(err); e != nil && e.Hint == "" {
				t.Errorf("%v has no hint", err)
			}
		})
	}
}

func TestPython_WithoutItsManager(t *testing.T) {
	t.Parallel()
	need(t, "python3")
	python, _ := exec.LookPath("python3")
	out, err := exec.Command(python, "-I", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(strings.TrimSpace(string(out)), filepath.Join(bin, "python3")); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	o := options(dir)
	inner := o.BaseEnv
	o.BaseEnv = func() []string { return append(withoutPath(inner), "PATH="+bin, "PIP_INDEX_URL=http://127.0.0.1:1/") }
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	write(t, dir, map[string]string{
		"pyproject.toml": "[tool.poetry.dependencies]\nitsdangerous = \"^2\"\n", "poetry.lock": "", "main.py": pyapp,
	})
	result, steps, err := deploy(t, h, dir, nil)
	if err == nil || !slices.Contains(codes(result.Diagnostics), "python.pm_missing") {
		t.Errorf("got %v, %+v", err, result.Diagnostics)
	}
	if len(steps) == 0 || steps[0].Detail != "pip install poetry" {
		t.Errorf("it did not try to fetch it: %+v", steps)
	}
}

func TestPython_AnUnreachableIndexIsTheHeadline(t *testing.T) {
	t.Parallel()
	need(t, "python3")
	dir := t.TempDir()
	o := options(dir)
	o.BaseEnv = func() []string { return append(os.Environ(), "PIP_INDEX_URL=http://127.0.0.1:1/") }
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	write(t, dir, map[string]string{"requirements.txt": "nonesuch==1\n", "main.py": ""})
	if _, _, err := deploy(t, h, dir, nil); err == nil || !strings.Contains(err.Error(), "the package index could not be reached") {
		t.Errorf("got %v", err)
	}
}

func withoutPath(base func() []string) []string {
	env := os.Environ()
	if base != nil {
		env = base()
	}
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, "PATH=") })
}
