package node

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/hooks"
)

// folder writes files and returns their folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t *testing.T, dir string) *hooks.Files {
	t.Helper()
	files, err := hooks.OpenFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	return files
}

func TestPickManager_ByPackageManagerThenLockThenEngines(t *testing.T) {
	for _, tt := range []struct {
		name          string
		manifest      string
		files         map[string]string
		spec, install string
	}{
		{"nothing", `{}`, nil, "npm@latest", "npm install --prefer-offline --no-audit --no-fund --include=dev"},
		{"npm", `{}`, map[string]string{"package-lock.json": "{}"}, "npm@latest", "npm ci --prefer-offline --no-audit --no-fund --include=dev"},
		{"named with its checksum", `{"packageManager": "pnpm@9.15.9+sha512.abc"}`, map[string]string{"package-lock.json": "{}"},
			"pnpm@9.15.9", "pnpm install --no-frozen-lockfile --prefer-offline --prod=false"},
		{"pnpm of an old lock", `{}`, map[string]string{"pnpm-lock.yaml": "lockfileVersion: '6.0'\n"}, "pnpm@8", "pnpm install --frozen-lockfile --prefer-offline --prod=false"},
		{"pnpm of a very old lock", `{}`, map[string]string{"pnpm-lock.yaml": "lockfileVersion: 5.4\n"}, "pnpm@7", "pnpm install --frozen-lockfile --prefer-offline --prod=false"},
		{"pnpm", `{}`, map[string]string{"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}, "pnpm@9", "pnpm install --frozen-lockfile --prefer-offline --prod=false"},
		{"pnpm 10 by its settings", `{"pnpm": {"onlyBuiltDependencies": ["esbuild"]}}`,
			map[string]string{"package.json": `{"pnpm": {"onlyBuiltDependencies": ["esbuild"]}}`, "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"},
			"pnpm@10", "pnpm install --frozen-lockfile --prefer-offline --prod=false"},
		{"pnpm since 11 by its settings", `{}`, map[string]string{"pnpm-workspace.yaml": "allowBuilds:\n  esbuild: true\n", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"},
			"pnpm@latest", "pnpm install --frozen-lockfile --prefer-offline --prod=false"},
		{"pnpm by engines", `{"engines": {"pnpm": "^10.2.0", "npm": "please-use-pnpm"}}`, nil, "pnpm@^10.2.0", "pnpm install --no-frozen-lockfile --prefer-offline --prod=false"},
		{"yarn classic", `{"engines": {"yarn": ">=1.22"}}`, map[string]string{"yarn.lock": "# yarn lockfile v1\n"}, "yarn@1",
			"yarn install --frozen-lockfile --prefer-offline --production=false --non-interactive"},
		{"yarn 4", `{}`, map[string]string{"yarn.lock": "# x\n\n__metadata:\n  version: 8\n"}, "@yarnpkg/cli-dist@>=4", "yarn install --immutable"},
		{"yarn 3", `{}`, map[string]string{"yarn.lock": "# x\n\n__metadata:\n  version: 6\n"}, "@yarnpkg/cli-dist@3", "yarn install --immutable"},
		{"yarn without a lock", `{"packageManager": "yarn@4.5.3"}`, nil, "@yarnpkg/cli-dist@4.5.3", "yarn install --no-immutable"},
		{"bun", `{}`, map[string]string{"bun.lock": "{}"}, "bun@latest", "bun install --frozen-lockfile"},
		{"bun before 1.2", `{}`, map[string]string{"bun.lockb": "\x00"}, "bun@latest", "bun install --frozen-lockfile"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := parseManifest([]byte(tt.manifest))
			if err != nil {
				t.Fatal(err)
			}
			got := pickManager(open(t, folder(t, tt.files)), m)
			if got.spec() != tt.spec || strings.Join(got.install(), " ") != tt.install {
				t.Errorf("got %q, %q", got.spec(), got.install())
			}
		})
	}
}

func TestManager_FitsOnlyTheVersionThatIsAskedFor(t *testing.T) {
	for _, tt := range []struct {
		m       manager
		version string
		want    bool
	}{
		{manager{name: "pnpm", version: "9.15.9"}, "9.15.9", true},
		{manager{name: "pnpm", version: "9.15.9"}, "9.15.8", false},
		{manager{name: "pnpm", wanted: ">=9"}, "10.1.0", true},
		{manager{name: "yarn", wanted: "1"}, "4.5.3", false},
		{manager{name: "bun"}, "1.2.0", true},
		{manager{name: "bun"}, "", false},
	} {
		if got := tt.m.fits(tt.version); got != tt.want {
			t.Errorf("%+v fits %q: %v", tt.m, tt.version, got)
		}
	}
}

func TestUnwrap_FollowsScriptsThatOnlyCallOthers(t *testing.T) {
	for script, want := range map[string]string{
		"pnpm run serve":     "node server.js",
		"yarn serve":         "node server.js",
		"npm run loop":       "npm run loop",
		"npm run hooked":     "npm run hooked",
		"npm run serve -- x": "npm run serve -- x",
		"bun server.ts":      "bun server.ts",
		"node app.js":        "node app.js",
	} {
		m := manifest{scripts: map[string]string{
			"serve": "node server.js", "loop": "npm run loop", "hooked": "node x.js", "prehooked": "node y.js",
		}}
		if got := m.unwrap(script); got != want {
			t.Errorf("%q became %q", script, got)
		}
	}
}

func TestPnpmPackages_ReadsBothFormsOfLists(t *testing.T) {
	for _, text := range []string{
		"packages:\n  - \"apps/*\"\n  - packages/*\n  - '!**/test/**'\n",
		"# our packages\nonlyBuiltDependencies:\n  - esbuild\npackages:\n# first\n- apps/* # the apps\n- packages/*\n\n- \"!**/test/**\"\ncatalog:\n  react: ^19.0.0\n",
		"packages: [\"apps/*\", 'packages/*', \"!**/test/**\"]\n",
		"packages:\r\n  - apps/*\r\n  - packages/*\r\n  - \"!**/test/**\"\r\n",
	} {
		if got := pnpmPackages(text); !slices.Equal(got, []string{"apps/*", "packages/*", "!**/test/**"}) {
			t.Errorf("got %q of %q", got, text)
		}
	}
	if got := pnpmPackages("onlyBuiltDependencies:\n  - esbuild\n"); len(got) > 0 {
		t.Errorf("got %q where there are none", got)
	}
}

func FuzzPnpmPackages(f *testing.F) {
	f.Add("packages:\n  - a/*\n")
	f.Add("packages: [a, 'b")
	f.Fuzz(func(t *testing.T, text string) {
		w := workspace{patterns: pnpmPackages(text)}
		w.holds("a/b")
	})
}

func TestWorkspace_HoldsWhatItsPatternsSay(t *testing.T) {
	w := workspace{patterns: []string{"apps/*", "./libs/**", "tool", "{x,y}/z", "!libs/old/**"}}
	for dir, want := range map[string]bool{
		"apps/web": true, "apps/web/x": false, "apps": false, "libs/a": true, "libs/a/b": true, "libs/old/b": false,
		"tool": true, "toolbox": false, "x/z": true, "y/z": true, "z/z": false,
	} {
		if w.holds(dir) != want {
			t.Errorf("%s: %v", dir, !want)
		}
	}
}

func TestWorkspace_BuildsWhatThePackageNeedsInOrder(t *testing.T) {
	dir := folder(t, map[string]string{
		"package.json":                      `{"workspaces": ["apps/*", "libs/*"]}`,
		"apps/web/package.json":             `{"name": "web", "dependencies": {"ui": "*"}, "devDependencies": {"config": "*"}}`,
		"apps/api/package.json":             `{"name": "api", "scripts": {"build": "x"}}`,
		"libs/ui/package.json":              `{"name": "ui", "dependencies": {"base": "*", "react": "^19"}, "scripts": {"build": "x"}}`,
		"libs/base/package.json":            `{"name": "base", "dependencies": {"ui": "*"}, "scripts": {"build": "x"}}`,
		"libs/config/package.json":          `{"name": "config"}`,
		"libs/node_modules/ui/package.json": `{"name": "ui", "scripts": {"build": "wrong"}}`,
	})
	w := findWorkspace(hooks.App{SourceDir: dir, AppDir: filepath.Join(dir, "apps/web")})
	if w == nil || w.here != "apps/web" {
		t.Fatalf("got %+v", w)
	}
	m, ok := readMember(dir, "apps/web")
	if !ok {
		t.Fatal("the package cannot be read")
	}
	var got []string
	for _, each := range w.needs(m.manifest) {
		got = append(got, each.dir)
	}
	if !slices.Equal(got, []string{"libs/base", "libs/ui"}) {
		t.Errorf("got %q", got)
	}
	if found := findWorkspace(hooks.App{SourceDir: dir, AppDir: filepath.Join(dir, "docs")}); found != nil {
		t.Errorf("a folder that is no package got %+v", found)
	}
}
