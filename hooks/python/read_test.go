package python

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/slot-paas/slot/hooks"
)

func TestSatisfies_ReadsRangesAsPythonsToolsDo(t *testing.T) {
	for _, tt := range []struct {
		version, wanted string
		want            bool
	}{
		{"3.11.7", ">=3.9", true},
		{"3.11.7", ">=3.12", false},
		{"3.11.7", "3.11", true},
		{"3.11.7", "3.11.7", true},
		{"3.11.7", "3.11.2", false},
		{"3.11.7", "3.12", false},
		{"3.11.7", "==3.11.*", true},
		{"3.11.7", ">=3.9,<3.12", true},
		{"3.11.7", ">=3.9, <3.11", false},
		{"3.11.7", "~=3.10", true},
		{"3.11.7", "~=3.10.2", false},
		{"3.11.7", "^3.10", true},
		{"3.11.7", "~3.10", false},
		{"3.11.7", "!=3.11.*", false},
		{"3.11.7", ">3.11", false},
		{"3.11.7", "<=3.11", true},
		{"3.11.7", "^2.7 || ^3.6", true},
		{"3.11.7", "pypy3.10", true},
		{"3.11.7", "*", true},
		{"3.11.7", "", true},
	} {
		t.Run(tt.wanted, func(t *testing.T) {
			if got := satisfies(tt.version, tt.wanted); got != tt.want {
				t.Errorf("satisfies(%q, %q) = %v", tt.version, tt.wanted, got)
			}
		})
	}
}

// open writes the files of an app and opens its folder.
func open(t testing.TB, contents map[string]string) *hooks.Files {
	t.Helper()
	dir := t.TempDir()
	for name, text := range contents {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := hooks.OpenFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	return files
}

func TestRequirements_AreReadAsPipReadsThem(t *testing.T) {
	for _, tt := range []struct {
		name   string
		files  map[string]string
		names  []string
		pinned bool
		local  bool
	}{
		{"pinned", map[string]string{"requirements.txt": "Flask==3.1.0\r\ngunicorn == 23.0.0 # server\n"}, []string{"flask", "gunicorn"}, true, false},
		{"loose", map[string]string{"requirements.txt": "flask>=3\n"}, []string{"flask"}, false, false},
		{"wildcard", map[string]string{"requirements.txt": "flask==3.*\n"}, []string{"flask"}, false, false},
		{"name alone", map[string]string{"requirements.txt": "flask_login\n"}, []string{"flask-login"}, false, false},
		{"extras and markers", map[string]string{"requirements.txt": "uvicorn[standard]==0.34.0; python_version >= \"3.9\"\n"}, []string{"uvicorn"}, true, false},
		{"hashes over lines", map[string]string{"requirements.txt": "six==1.17.0 \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb\n"}, []string{"six"}, true, false},
		{"options", map[string]string{"requirements.txt": "--index-url https://example.com/simple\n-f ./wheels\nsix==1.17.0\n"}, []string{"six"}, true, false},
		{"from git", map[string]string{"requirements.txt": "six @ git+https://example.com/six@main\n"}, []string{"six"}, false, false},
		{"included", map[string]string{"requirements.txt": "-r req/web.txt\n", "req/web.txt": "-r base.txt\nflask==3.1.0\n", "req/base.txt": "-r web.txt\nsix==1.17.0\n"}, []string{"flask", "six"}, true, false},
		{"constraints", map[string]string{"requirements.txt": "-c limits.txt\nsix==1.17.0\n", "limits.txt": "flask<4\n"}, []string{"six"}, true, false},
		{"outside", map[string]string{"requirements.txt": "-r ../../etc/passwd\nsix==1.17.0\n"}, []string{"six"}, true, false},
		{"editable", map[string]string{"requirements.txt": "-e .\n"}, nil, true, true},
		{"folder", map[string]string{"requirements.txt": "./lib\n"}, nil, true, true},
		{"folder by name", map[string]string{"requirements.txt": "lib @ file:./lib\n"}, nil, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readRequirements(open(t, tt.files), "requirements.txt")
			if names := slices.Sorted(maps.Keys(r.names)); !slices.Equal(names, tt.names) || r.pinned != tt.pinned || r.local != tt.local {
				t.Errorf("got %v, pinned %v, local %v", names, r.pinned, r.local)
			}
		})
	}
}

func TestPipfileLock_BecomesLinesForPip(t *testing.T) {
	m, err := readManifest(open(t, map[string]string{"Pipfile": "", "Pipfile.lock": `{
		"_meta": {"sources": [{"url": "https://example.com/simple"}, {"url": "https://mirror.example.com/simple"}]},
		"default": {
			"b": {"version": "==2", "extras": ["x", "y"], "markers": "python_version >= '3.9'", "hashes": ["sha256:aa"]},
			"a": {"git": "https://example.com/a.git", "ref": "abc"},
			"c": {"path": "./c", "editable": true},
			"d": "*"
		}}`}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"--index-url https://example.com/simple", "--extra-index-url https://mirror.example.com/simple",
		"a @ git+https://example.com/a.git@abc", "b[x,y]==2 ; python_version >= '3.9'", "-e ./c", "d",
	}
	if !slices.Equal(m.lines, want) || !m.local || !m.locked {
		t.Errorf("got %q, local %v, locked %v", m.lines, m.local, m.locked)
	}
}

func TestChoose_FindsTheObject(t *testing.T) {
	const create = "def create_app(config=None):\n    return Flask(__name__)\n"
	for _, tt := range []struct {
		name    string
		files   map[string]string
		dir     string
		command string // of the web process, in part
	}{
		{"by the file's name", map[string]string{"shop.py": "site = Flask(__name__)\n"}, "", " shop:site"},
		{"wsgi before the module it imports", map[string]string{"wsgi.py": "from shop import app as application\n", "shop.py": "app = Flask(__name__)\n"}, "", " wsgi:application"},
		{"not inside a function", map[string]string{"app.py": "def test():\n    app = Flask(__name__)\n", "web.py": "app = Flask(__name__)\n"}, "", " web:app"},
		{"object before factory", map[string]string{"app.py": create, "run.py": "from app import create_app\nsite = create_app()\n"}, "", " run:site"},
		{"factory", map[string]string{"app.py": create}, "", " 'app:create_app()'"},
		{"not a factory that needs more", map[string]string{"app.py": "def create_app(config):\n    return Flask(__name__)\n\nif __name__ == '__main__':\n    create_app(1).run()\n"}, "", "python app.py"},
		{"package", map[string]string{"shop/__init__.py": "app = Flask(__name__)\n"}, "", " shop:app"},
		{"folder that imports from itself", map[string]string{"shop/main.py": "from .db import x\napp = Flask(__name__)\n"}, "", " shop.main:app"},
		{"folder with modules of its own", map[string]string{"shop/main.py": "import db\napp = Flask(__name__)\n"}, "shop", " main:app"},
		{"src", map[string]string{"src/main.py": "app = FastAPI()\n"}, "src", " main:app"},
		{"src as a package", map[string]string{"src/main.py": "from src.db import x\napp = FastAPI()\n"}, "", " src.main:app"},
		{"not in tests", map[string]string{"tests/app.py": "app = Flask(__name__)\n", "main.py": "serve()\n"}, "", "python main.py"},
		{"not in an environment", map[string]string{"py/pyvenv.cfg": "", "py/app.py": "app = Flask(__name__)\n", "main.py": ""}, "", "python main.py"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := choose(open(t, tt.files), manifest{})
			web := c.plan.Web()
			if web == nil {
				t.Fatalf("nothing to start: %+v", c.problem)
			}
			if got := web.Command(); web.WorkingDir != tt.dir || len(got) < len(tt.command) || got[len(got)-len(tt.command):] != tt.command {
				t.Errorf("got %q in %q", got, web.WorkingDir)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add("requirements.txt", "flask==3.1.0 \\\n --hash=sha256:aa\n-r requirements.txt\n-e .\n", "app = Flask(__name__)\n")
	f.Add("pyproject.toml", "[project]\ndependencies = [\"flask\"]\n[tool.poetry.dependencies]\npython = \"^3\"\n", "def create_app(): return FastAPI()\n")
	f.Add("Pipfile", "[packages]\nflask = {version = \"*\", extras = [\"a\"]}\n", "uvicorn.run(app)\n")
	f.Add("Pipfile.lock", `{"default": {"a": {"version": "==1", "hashes": ["x"]}}}`, "import streamlit\n")
	f.Add("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a.b')", "")
	f.Add(".python-version", "~=3.1.2.3, !=9999999999999999999999", "")
	f.Fuzz(func(t *testing.T, name, text, code string) {
		if !slices.Contains([]string{"requirements.txt", "pyproject.toml", "Pipfile", "Pipfile.lock", "manage.py", ".python-version"}, name) {
			return
		}
		a, err := read(open(t, map[string]string{name: text, "app.py": code}), hooks.App{})
		if err != nil {
			return
		}
		satisfies("3.11.7", a.version.Requested)
		if err := a.choice.plan.Validate(); err != nil && a.choice.problem == nil {
			t.Errorf("the plan cannot be run, and nothing says why: %v", err)
		}
	})
}
