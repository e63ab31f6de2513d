package host_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

// gemServer serves two gems made here, as RubyGems lays out a server of files:
// tiny, and broken, which does not compile. It counts how often tiny is fetched.
func gemServer(t *testing.T) (url string, fetched *atomic.Int32) {
	t.Helper()
	need(t, "ruby")
	need(t, "bundle")
	dir := t.TempDir()
	gems := filepath.Join(dir, "gems")
	for name, files := range map[string]map[string]string{
		"tiny": {"lib/tiny.rb": "module Tiny; WORD = 'tiny'; end\n"},
		"broken": {
			"ext/extconf.rb": "require 'mkmf'\ncreate_makefile('broken')\n",
			"ext/broken.c":   "#include <no_such_library.h>\nvoid Init_broken(void) {}\n",
		},
	} {
		source := filepath.Join(dir, "source", name)
		list := make([]string, 0, len(files))
		for file, content := range files {
			list = append(list, "'"+file+"'")
			if err := os.MkdirAll(filepath.Join(source, filepath.Dir(file)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(source, file), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		spec := "Gem::Specification.new { |s| s.name = '" + name + "'; s.version = '1.0.0'; s.summary = 'x'; s.authors = ['x']; s.files = [" + strings.Join(list, ", ") + "]"
		if name == "broken" {
			spec += "; s.extensions = ['ext/extconf.rb']"
		}
		if err := os.WriteFile(filepath.Join(source, "x.gemspec"), []byte(spec+" }\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(gems, 0o755); err != nil {
			t.Fatal(err)
		}
		run(t, source, "gem", "build", "x.gemspec", "--output", filepath.Join(gems, name+"-1.0.0.gem"))
	}
	run(t, dir, "gem", "generate_index", "--directory", dir)
	fetched = new(atomic.Int32)
	files := http.FileServer(http.Dir(dir))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/tiny-1.0.0.gem") {
			fetched.Add(1)
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, fetched
}

func run(t *testing.T, dir, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// gemfile returns a Gemfile and its lock file for one gem.
func gemfile(source, gem string) map[string]string {
	return map[string]string{
		"Gemfile":      "source \"" + source + "\"\n\ngem \"" + gem + "\"\n",
		"Gemfile.lock": "GEM\n  remote: " + source + "/\n  specs:\n    " + gem + " (1.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  " + gem + "\n\nBUNDLED WITH\n   2.6.9\n",
		"main.rb":      "require \"tiny\"\nputs Tiny::WORD, $LOADED_FEATURES.grep(/tiny/)\n",
	}
}

func TestRuby_GemsOfAnUnchangedLockAreKept(t *testing.T) {
	t.Parallel()
	url, fetched := gemServer(t)
	dir, home := t.TempDir(), t.TempDir()
	o := options(dir)
	o.BaseEnv = func() []string {
		return append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HOME=") }), "HOME="+home)
	}
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	write(t, dir, gemfile(url, "tiny"))
	for _, tt := range []struct {
		name, step string
		slot       slot.Name
		hit        bool
		noCache    bool
	}{
		{"first", "bundle install", "a", false, false},
		{"again", "bundle install (from cache)", "a", true, false},
		{"no cache", "bundle install", "a", false, true},
		{"another slot", "bundle install", "b", false, false},
	} {
		release := filepath.Join(t.TempDir(), "src")
		if err := os.CopyFS(release, os.DirFS(filepath.Join(dir, "app"))); err != nil {
			t.Fatal(err)
		}
		result, steps, err := deploy(t, h, dir, func(r *host.BuildRequest) {
			r.NoCache, r.App.Slot, r.App.SourceDir, r.App.AppDir = tt.noCache, tt.slot, release, release
		})
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		web := result.Plan.Web()
		if web == nil || web.Command() != "bundle exec ruby main.rb" {
			t.Fatalf("%s: got plan %+v", tt.name, result.Plan)
		}
		if hit := len(result.Caches) == 1 && result.Caches[0].Hit; hit != tt.hit || len(steps) != 1 || steps[0].Detail != tt.step {
			t.Errorf("%s: got caches %+v, steps %+v", tt.name, result.Caches, steps)
		}
		cmd := exec.Command(web.Argv[0], web.Argv[1:]...)
		cmd.Dir = release
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), filepath.Join(release, "vendor", "bundle")) {
			t.Errorf("%s: the app does not use its own gem: %v %s", tt.name, err, out)
		}
	}
	if n := fetched.Load(); n != 1 {
		t.Errorf("the gem was fetched %d times", n)
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("a build wrote to the user's home: %v %v", left, err)
	}
}

// Rake comes with Ruby, as a gem like any other.
func TestRuby_TakesTheMachinesGemsWhereTheyFit(t *testing.T) {
	t.Parallel()
	need(t, "bundle")
	h, dir := newHost(t)
	write(t, dir, map[string]string{
		"Gemfile": "source \"http://127.0.0.1:1\"\n\ngem \"rake\"\n", "main.rb": "require \"rake\"\nputs Rake::VERSION\n",
	})
	app := filepath.Join(dir, "app")
	run(t, app, "bundle", "lock", "--local")
	write(t, dir, map[string]string{".bundle/config": "---\nBUNDLE_PATH: \"elsewhere\"\nBUNDLE_JOBS: \"3\"\n"})
	_, steps, err := deploy(t, h, dir, nil)
	if err != nil || len(steps) != 1 || steps[0].Detail != "bundle check (gems of this machine)" {
		t.Fatalf("got %v, %+v", err, steps)
	}
	run(t, app, "bundle", "exec", "ruby", "main.rb")
	if config, err := os.ReadFile(filepath.Join(app, ".bundle", "config")); err != nil ||
		strings.Contains(string(config), "PATH") || !strings.Contains(string(config), "JOBS") {
		t.Errorf("got settings %v\n%s", err, config)
	}
}

func TestRuby_ExplainsFailures(t *testing.T) {
	t.Parallel()
	url, _ := gemServer(t)
	with := func(files map[string]string, more ...string) map[string]string {
		for i := 0; i < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	for _, tt := range []struct {
		name  string
		files map[string]string
		code  string // the first of the errors
	}{
		{"Gemfile changed without its lock", with(gemfile(url, "tiny"), "Gemfile", "source \""+url+"\"\ngem \"tiny\"\ngem \"broken\"\n"), "ruby.lock_out_of_sync"},
		{"gem that is gone", with(gemfile(url, "tiny"), "Gemfile", "source \""+url+"\"\ngem \"gone\"\n", "Gemfile.lock", strings.ReplaceAll(gemfile(url, "tiny")["Gemfile.lock"], "tiny", "gone")), "ruby.gem_missing"},
		{"gem that does not compile", gemfile(url, "broken"), "ruby.headers"},
		{"server that is not there", gemfile("http://127.0.0.1:1", "tiny"), "ruby.source_unreachable"},
		{"no server at all", with(gemfile(url, "tiny"), "Gemfile", "gem \"tiny\"\n", "Gemfile.lock", "GEM\n  specs:\n    tiny (1.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  tiny\n"), "ruby.gem_missing"},
		{"Gemfile that is no Ruby", with(gemfile(url, "tiny"), "Gemfile", "gem \"tiny\n"), "ruby.gemfile_invalid"},
		{"lock of another machine", with(gemfile(url, "tiny"), "Gemfile.lock", strings.ReplaceAll(gemfile(url, "tiny")["Gemfile.lock"], "  ruby\n", "  arm64-darwin-23\n")), "ruby.platform"},
		{"another Ruby", with(gemfile(url, "tiny"), "Gemfile", "ruby \"1.9.3\"\nsource \""+url+"\"\ngem \"tiny\"\n"), "ruby.version"},
		{"error in the source", map[string]string{"main.rb": "def a\n  1\n"}, "ruby.syntax"},
		{"nothing to start", map[string]string{"Gemfile": ""}, "ruby.no_start"},
		{"assets that fail", with(gemfile(url, "tiny"), "config/application.rb", "# Rails::Application", "Gemfile", "source \""+url+"\"\ngem \"tiny\"\n#\ngem \"sprockets\" if false\n",
			"bin/rails", ""), "ruby.assets_failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t)
			write(t, dir, tt.files)
			result, _, err := deploy(t, h, dir, func(r *host.BuildRequest) {
				if tt.code == "ruby.assets_failed" {
					r.App.Overrides.Start = "true"
				}
			})
			i := slices.IndexFunc(result.Diagnostics, func(d slot.Diagnostic) bool { return d.Severity == slot.SeverityError })
			if err == nil || i < 0 || result.Diagnostics[i].Code != tt.code {
				t.Errorf("got %v, %+v", err, result.Diagnostics)
			}
			if e := slot.AsError(err); e != nil && e.Hint == "" {
				t.Errorf("%v has no hint", err)
			}
		})
	}
}

func TestRuby_WithoutItsPrograms(t *testing.T) {
	t.Parallel()
	need(t, "ruby")
	for _, tt := range []struct {
		name string
		have []string
		says string
	}{
		{"no Ruby", nil, "needs ruby"},
		{"no Bundler", []string{"ruby", "sh"}, "needs bundle"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := hostWith(t, tt.have...)
			write(t, dir, gemfile("http://127.0.0.1:1", "tiny"))
			result, _, err := deploy(t, h, dir, nil)
			if err == nil || !slices.Equal(codes(result.Diagnostics), []string{"ruby.missing"}) ||
				!strings.Contains(result.Diagnostics[0].Summary, tt.says) || !strings.Contains(result.Diagnostics[0].Hint, "apt-get install") {
				t.Errorf("got %v, %+v", err, result.Diagnostics)
			}
		})
	}
}

// hostWith returns a host whose PATH has these programs of the machine alone.
func hostWith(t *testing.T, programs ...string) (*host.Host, string) {
	t.Helper()
	dir, bin := t.TempDir(), t.TempDir()
	for _, name := range programs {
		path, err := exec.LookPath(name)
		if err != nil {
			missing(t, "the program "+name)
		}
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	o := options(dir)
	o.BaseEnv = func() []string { return append(withoutPath(nil), "PATH="+bin) }
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h, dir
}
