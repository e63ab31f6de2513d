package host_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

const (
	hello  = "package main\n\nfunc main() { println(\"hello\") }\n"
	module = "module example.com/app\n\ngo 1.21\n"
)

// fixture returns the files of an app of the hook's own tests.
func fixture(t *testing.T, name string) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := filepath.Join("..", "golang", "testdata", name)
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		files[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// One host for all rows: the standard library is compiled once. And not in
// parallel: a cold build takes all processors from tests that measure time.
func TestGo_BuildsWithoutNetworkAndRuns(t *testing.T) {
	need(t, "go")
	h, dir := newHost(t)
	outside := filepath.Join(dir, "out", "app")
	for _, tt := range []struct {
		name      string
		files     map[string]string
		root      string
		overrides hooks.Overrides
		steps     []string
		plan      []string // the web process
	}{
		{"plain", fixture(t, "plain"), "", hooks.Overrides{}, []string{"go build ."}, []string{outside}},
		{"no module", fixture(t, "main-only"), "", hooks.Overrides{}, []string{"go build ."}, []string{outside}},
		{"workspace", fixture(t, "workspace"), "", hooks.Overrides{}, []string{"go build ./api"}, []string{outside}},
		{"vendored", fixture(t, "vendored"), "", hooks.Overrides{}, []string{"go build ."}, []string{outside}},
		{"root inside a module", map[string]string{
			"go.mod": module, "greet/greet.go": "package greet\n\nconst Hello = \"hello\"\n",
			"cmd/api/main.go": "package main\n\nimport \"example.com/app/greet\"\n\nfunc main() { println(greet.Hello) }\n",
		}, "cmd/api", hooks.Overrides{}, []string{"go build ."}, []string{outside}},
		{"build command", fixture(t, "cmd-many"), "", hooks.Overrides{Build: "go build -o app ./cmd/worker"},
			[]string{"go build -o app ./cmd/worker"}, []string{"./app"}},
		{"install command", fixture(t, "plain"), "", hooks.Overrides{Install: "true"}, []string{"true", "go build ."}, []string{outside}},
		{"Procfile", fixture(t, "procfile-many"), "", hooks.Overrides{}, []string{"go build ./cmd/api ./cmd/worker"}, nil},
		{"no build", map[string]string{"go.mod": module, "main.go": hello, "server": "#!/bin/sh\necho hello >&2\n"}, "",
			hooks.Overrides{SkipBuild: true}, nil, []string{"./server"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := filepath.Join(dir, "app")
			if err := errors.Join(os.RemoveAll(app), os.RemoveAll(filepath.Join(dir, "out")), os.Mkdir(app, 0o755)); err != nil {
				t.Fatal(err)
			}
			write(t, dir, tt.files)
			if tt.overrides.SkipBuild {
				if err := os.Chmod(filepath.Join(app, "server"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			result, steps, err := deploy(t, h, dir, func(r *host.BuildRequest) {
				r.App.AppDir, r.App.Overrides = filepath.Join(app, tt.root), tt.overrides
			})
			if err != nil {
				t.Fatalf("%v, %+v", err, result.Diagnostics)
			}
			var titles []string
			for _, s := range steps {
				titles = append(titles, s.Detail)
			}
			if diff := cmp.Diff(tt.steps, titles); diff != "" {
				t.Error(diff)
			}
			web := result.Plan.Web()
			if tt.plan == nil {
				cmd := exec.Command(filepath.Join(app, "bin", "api"))
				if out, err := cmd.CombinedOutput(); err != nil || string(out) != "hello\n" || web.Shell != "api" {
					t.Errorf("got %q, %v, %+v", out, err, result.Plan)
				}
				return
			}
			if diff := cmp.Diff(tt.plan, web.Argv); diff != "" {
				t.Fatal(diff)
			}
			cmd := exec.Command(web.Argv[0])
			cmd.Dir = filepath.Join(app, tt.root)
			if out, err := cmd.CombinedOutput(); err != nil || string(out) != "hello\n" {
				t.Errorf("the program said %q, %v", out, err)
			}
		})
	}
}

// None of these comes to compiling; the script golang.txtar has one that does.
func TestGo_ExplainsFailures(t *testing.T) {
	need(t, "go")
	h, dir := newHost(t)
	for _, tt := range []struct {
		name  string
		files map[string]string
		code  string
		where string
	}{
		{"go.mod", map[string]string{"go.mod": module + "\nfoo bar\n", "main.go": hello}, "go.compile", "go.mod:5"},
		{"newer Go", map[string]string{"go.mod": "module x\n\ngo 1.999\n", "main.go": hello}, "go.toolchain", "go.mod"},
		{"no module", map[string]string{"main.go": "package main\n\nimport \"example.com/x\"\n\nfunc main() { x.Y() }\n"}, "go.no_module", "main.go:3"},
		{"no dependency", map[string]string{"go.mod": module, "main.go": "package main\n\nimport \"example.com/x\"\n\nfunc main() { x.Y() }\n"}, "go.module_missing", "main.go:3"},
		{"C", map[string]string{"go.mod": module, "main.go": "package main\n\nimport \"C\"\n\nfunc main() {}\n"}, "go.cgo", ""},
		{"embed", map[string]string{"go.mod": module, "main.go": "package main\n\nimport _ \"embed\"\n\n//go:embed dist\nvar x string\n\nfunc main() {}\n"}, "go.embed_missing", "main.go:5"},
		{"library", map[string]string{"go.mod": module, "x.go": "package x\n"}, "go.no_main", ""},
		{"many", fixture(t, "cmd-many"), "go.many_mains", ""},
		{"no program", map[string]string{"go.mod": module, "main.go": hello}, "go.no_program", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := filepath.Join(dir, "app")
			if err := errors.Join(os.RemoveAll(app), os.Mkdir(app, 0o755)); err != nil {
				t.Fatal(err)
			}
			write(t, dir, tt.files)
			result, _, err := deploy(t, h, dir, func(r *host.BuildRequest) {
				if tt.code == "go.no_program" {
					r.App.Overrides.Build = "true"
				}
			})
			if err == nil || !slices.Contains(codes(result.Diagnostics), tt.code) || slot.AsError(err).Hint == "" {
				t.Fatalf("got %v, %+v", err, result.Diagnostics)
			}
			d := result.Diagnostics[0]
			file, _, _ := strings.Cut(tt.where, ":")
			if d.File != file || strings.Contains(tt.where, ":") && d.Line == 0 {
				t.Errorf("got %s:%d, want %s", d.File, d.Line, tt.where)
			}
		})
	}
}

func TestGo_NamesAGoCommandThatIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := options(dir)
	o.BaseEnv = func() []string { return []string{"PATH=" + dir} }
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	write(t, dir, map[string]string{"go.mod": module, "main.go": hello})
	result, _, err := deploy(t, h, dir, nil)
	if err == nil || !slices.Equal(codes(result.Diagnostics), []string{"go.missing"}) || !strings.Contains(slot.AsError(err).Hint, "install Go") {
		t.Errorf("got %v, %+v", err, result.Diagnostics)
	}
}

func TestGo_CancelEndsTheCompiler(t *testing.T) {
	need(t, "go")
	h, dir := newHost(t)
	write(t, dir, map[string]string{"go.mod": module, "main.go": hello})
	r := request(dir, "go")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := h.Build(ctx, r, func(slot.Event) {})
		ended <- err
	}()
	eventually(t, "a compiler at work", func() bool {
		return slices.ContainsFunc(commandsBelow(dir), func(c string) bool { return strings.Contains(c, "/compile ") })
	})
	cancel()
	if err := <-ended; slot.AsError(err).Kind != slot.KindCanceled {
		t.Errorf("got %v", err)
	}
	eventually(t, "all processes of the build to end", func() bool { return len(commandsBelow(dir)) == 0 })
}

// commandsBelow returns the command lines that name the folder.
func commandsBelow(dir string) []string {
	var found []string
	names, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range names {
		data, _ := os.ReadFile(name)
		if line := strings.ReplaceAll(string(data), "\x00", " "); strings.Contains(line, dir) {
			found = append(found, line)
		}
	}
	return found
}
