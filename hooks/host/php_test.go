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

// packages writes an app whose one package is an archive in its repository,
// and that package.
func packages(t *testing.T, dir string) {
	t.Helper()
	for _, program := range []string{"php", "composer", "tar"} {
		need(t, program)
	}
	write(t, dir, map[string]string{
		"greet/src/Hi.php":    "<?php\nnamespace Greet;\nclass Hi {}\n",
		"greet/composer.json": `{"name": "acme/greet"}`,
		"public/index.php":    "<?php require __DIR__ . '/../vendor/autoload.php'; echo (new ReflectionClass(Greet\\Hi::class))->getFileName();\n",
		"composer.json": `{
			"repositories": [{"packagist": false}, {"type": "package", "package": {
				"name": "acme/greet", "version": "1.0.0", "dist": {"type": "tar", "url": "greet.tar"}, "autoload": {"psr-4": {"Greet\\": "src/"}}
			}}],
			"require": {"acme/greet": "^1.0"}
		}`,
		"composer.lock": `{"packages": [{
			"name": "acme/greet", "version": "1.0.0", "dist": {"type": "tar", "url": "greet.tar"}, "type": "library", "autoload": {"psr-4": {"Greet\\": "src/"}}
		}], "packages-dev": [], "platform": []}`,
	})
	app := filepath.Join(dir, "app")
	run(t, app, "tar", "cf", "greet.tar", "greet")
	if err := os.RemoveAll(filepath.Join(app, "greet")); err != nil {
		t.Fatal(err)
	}
}

func TestPHP_PackagesOfAnUnchangedLockAreKept(t *testing.T) {
	t.Parallel()
	dir, home := t.TempDir(), t.TempDir()
	packages(t, dir)
	o := options(dir)
	o.BaseEnv = func() []string {
		return append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HOME=") }), "HOME="+home)
	}
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	for _, tt := range []struct {
		name, step   string
		hit, noCache bool
	}{
		{"first", "composer install", false, false},
		{"again", "composer install (from cache)", true, false},
		{"no cache", "composer install", false, true},
		{"after that", "composer install (from cache)", true, false},
	} {
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
		if hit := len(result.Caches) == 1 && result.Caches[0].Hit; hit != tt.hit || len(steps) != 1 || steps[0].Detail != tt.step {
			t.Errorf("%s: got caches %+v, steps %+v", tt.name, result.Caches, steps)
		}
		out, err := exec.Command("php", filepath.Join(release, "public", "index.php")).CombinedOutput()
		if err != nil || string(out) != filepath.Join(release, "vendor/acme/greet/src/Hi.php") {
			t.Errorf("%s: the app does not use its own package: %v %s", tt.name, err, out)
		}
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("a build wrote to the user's home: %v %v", left, err)
	}
}

func TestPHP_ExplainsFailures(t *testing.T) {
	t.Parallel()
	need(t, "php")
	need(t, "composer")
	const page = "<?php echo 1;\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		code  string
		fails bool
	}{
		{"extensions that are missing", map[string]string{"composer.json": `{"require": {"ext-nosuch": "*", "ext-pdo_none": "*"}}`}, "php.extension", true},
		{"another PHP", map[string]string{"composer.json": `{"require": {"php": "^5.6"}}`}, "php.version", true},
		{"another PHP, by a file", map[string]string{".php-version": "5.6\n"}, "php.version", false},
		{"error in the first page", map[string]string{"public/index.php": "<?php\necho 1\nfoo();\n"}, "php.syntax", true},
		{"wrong composer.json", map[string]string{"composer.json": "{"}, "php.manifest_invalid", true},
		{"lock that does not fit", map[string]string{"composer.json": `{"require": {"acme/x": "^1"}}`, "composer.lock": `{"packages": [], "packages-dev": []}`}, "php.lock_out_of_sync", true},
		{"package that does not exist", map[string]string{"composer.json": `{"repositories": [{"packagist": false}], "require": {"acme/x": "^1"}}`}, "php.package_missing", true},
		{"server that is not there", map[string]string{"composer.json": `{"repositories": [{"packagist": false}, {"type": "composer", "url": "http://127.0.0.1:1"}],
			"config": {"secure-http": false}, "require": {"acme/x": "^1"}}`}, "php.source_unreachable", true},
		{"script that fails", map[string]string{"composer.json": `{"autoload": {"psr-4": {"A\\": "src/"}}, "scripts": {"post-autoload-dump": "exit 3"}}`}, "php.script_failed", true},
		{"nothing to serve", map[string]string{"composer.json": `{}`, "public/index.php": ""}, "php.no_start", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t)
			write(t, dir, map[string]string{"public/index.php": page})
			write(t, dir, tt.files)
			if tt.code == "php.no_start" {
				if err := os.RemoveAll(filepath.Join(dir, "app", "public")); err != nil {
					t.Fatal(err)
				}
			}
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

func TestPHP_WithoutItsPrograms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		have []string
		says string
	}{
		{"no PHP", nil, "needs php"},
		{"no Composer", []string{"php", "sh"}, "needs composer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := hostWith(t, tt.have...)
			write(t, dir, map[string]string{"index.php": "<?php\n", "composer.json": `{"autoload": {"psr-4": {"A\\": "src/"}}}`})
			result, _, err := deploy(t, h, dir, nil)
			if err == nil || !slices.Equal(codes(result.Diagnostics), []string{"php.missing"}) ||
				!strings.Contains(result.Diagnostics[0].Summary, tt.says) || !strings.Contains(result.Diagnostics[0].Hint, "apt-get install") {
				t.Errorf("got %v, %+v", err, result.Diagnostics)
			}
		})
	}
}

// The program is a stand-in: it is looked for here, and not started.
func TestPHP_PrefersFrankenPHPForAFolderOfPages(t *testing.T) {
	t.Parallel()
	need(t, "php")
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "frankenphp"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{
		"public/index.php": `frankenphp php-server --root public --listen "$HOST:$PORT"`,
		"index.php":        `php -d opcache.lockfile_path="$TMPDIR" -S "$HOST:$PORT" -t . .slot/router.php`, // FrankenPHP would give out .env
	} {
		dir := t.TempDir()
		o := options(dir)
		o.BaseEnv = func() []string { return append(withoutPath(nil), "PATH="+bin+":"+os.Getenv("PATH")) }
		h, err := host.New(o)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		write(t, dir, map[string]string{page: "<?php\n"})
		result, _, err := deploy(t, h, dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if web := result.Plan.Web(); web == nil || web.Command() != want {
			t.Errorf("%s: got %+v", page, result.Plan)
		}
		if told := slices.Contains(codes(result.Diagnostics), "php.dev_server"); told != (page == "index.php") {
			t.Errorf("%s: got %+v", page, result.Diagnostics)
		}
	}
}
