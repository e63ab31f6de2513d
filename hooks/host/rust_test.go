package host_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

const (
	rustMain = "fn main() {\n    println!(\"hello\");\n}\n"
	rustLock = "version = 3\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n"
)

func cargoToml(more string) string {
	return "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n" + more
}

func fresh(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	app := filepath.Join(dir, "app")
	if err := errors.Join(os.RemoveAll(app), os.Mkdir(app, 0o755)); err != nil {
		t.Fatal(err)
	}
	write(t, dir, files)
}

// Not in parallel, as with Go.
func TestRust_BuildsWithoutNetworkAndRuns(t *testing.T) {
	need(t, "cargo")
	h, dir := newHost(t)
	many := map[string]string{"Cargo.toml": cargoToml(""), "Cargo.lock": rustLock, "src/bin/api.rs": rustMain, "src/bin/job.rs": rustMain}
	workspace := map[string]string{
		"Cargo.toml":         "[workspace]\nmembers = [\"server\"]\nresolver = \"2\"\n",
		"server/src/main.rs": rustMain, "server/Cargo.toml": cargoToml(""), "Cargo.lock": rustLock,
	}
	for _, tt := range []struct {
		name      string
		files     map[string]string
		root      string
		overrides hooks.Overrides
		steps     []string
		program   string
	}{
		{"plain", map[string]string{"Cargo.toml": cargoToml(""), "Cargo.lock": rustLock, "src/main.rs": rustMain}, "", hooks.Overrides{},
			[]string{"cargo fetch --locked", "cargo build --release --locked --bin app"}, "app"},
		{"no lock", map[string]string{"Cargo.toml": cargoToml(""), "src/main.rs": rustMain}, "", hooks.Overrides{},
			[]string{"cargo fetch", "cargo build --release --bin app"}, "app"},
		{"workspace", workspace, "", hooks.Overrides{},
			[]string{"cargo fetch --locked", "cargo build --release --locked --bin app"}, "app"},
		{"root inside a workspace", workspace, "server", hooks.Overrides{},
			[]string{"cargo fetch --locked", "cargo build --release --locked --bin app"}, "app"},
		{"option", many, "", hooks.Overrides{Options: map[string]string{"bin": "job"}},
			[]string{"cargo fetch --locked", "cargo build --release --locked --bin job"}, "job"},
		{"start", many, "", hooks.Overrides{Start: "target/release/api"},
			[]string{"cargo fetch --locked", "cargo build --release --locked --bins"}, "api"},
		{"build command", many, "", hooks.Overrides{Install: "true", Build: "cargo build --bin job"},
			[]string{"true", "cargo build --bin job"}, "job"},
		{"no build", map[string]string{"Cargo.toml": cargoToml(""), "Cargo.lock": rustLock, "src/main.rs": rustMain, "target/release/app": "#!/bin/sh\necho hello\n"},
			"", hooks.Overrides{SkipBuild: true}, []string{"cargo fetch --locked"}, "app"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fresh(t, dir, tt.files)
			app := filepath.Join(dir, "app", tt.root)
			if tt.overrides.SkipBuild {
				if err := os.Chmod(filepath.Join(app, "target/release/app"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			result, steps, err := deploy(t, h, dir, func(r *host.BuildRequest) { r.App.AppDir, r.App.Overrides = app, tt.overrides })
			if err != nil {
				t.Fatalf("%v, %+v", err, result.Diagnostics)
			}
			var titles []string
			for _, s := range steps {
				titles = append(titles, strings.TrimSuffix(s.Detail, " (from cache)"))
			}
			if diff := cmp.Diff(tt.steps, titles); diff != "" {
				t.Error(diff)
			}
			if tt.name == "no lock" != slices.Contains(codes(result.Diagnostics), "rust.lock_missing") {
				t.Errorf("got %+v", result.Diagnostics)
			}
			if want := "target/release/" + tt.program; result.Plan.Web().Command() != want {
				t.Errorf("it starts %q, want %q", result.Plan.Web().Command(), want)
			}
			// The release has all that it runs from.
			if err := os.RemoveAll(filepath.Join(dir, "cache")); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(filepath.Join(app, "target/release", tt.program))
			if out, err := cmd.CombinedOutput(); err != nil || string(out) != "hello\n" {
				t.Errorf("the program said %q, %v", out, err)
			}
		})
	}
}

// A deployment that failed after its build leaves its folder's name to the
// next. The times of its files say nothing: they are the commits'.
func TestRust_NeverTakesAnOlderCommitForCompiled(t *testing.T) {
	need(t, "cargo")
	for _, build := range []string{"", "cargo build"} {
		t.Run("build="+build, func(t *testing.T) {
			h, dir := newHost(t)
			long := time.Now().Add(-24 * time.Hour)
			for _, word := range []string{"first", "second"} {
				fresh(t, dir, map[string]string{"Cargo.toml": cargoToml(""), "Cargo.lock": rustLock, "src/main.rs": strings.ReplaceAll(rustMain, "hello", word)})
				if err := os.Chtimes(filepath.Join(dir, "app/src/main.rs"), long, long); err != nil {
					t.Fatal(err)
				}
				if _, _, err := deploy(t, h, dir, func(r *host.BuildRequest) { r.App.Overrides.Build = build }); err != nil {
					t.Fatal(err)
				}
				out, err := exec.Command(filepath.Join(dir, "app", "target/release/app")).Output()
				if err != nil || string(out) != word+"\n" {
					t.Errorf("the program said %q, %v; want %q", out, err, word)
				}
			}
			left, err := filepath.Glob(filepath.Join(dir, "cache", "*", "*", "target/release/deps/app-*"))
			if err != nil || len(left) > 2 { // the program and its list of files
				t.Errorf("the cache keeps what cannot be used again: %v, %v", left, err)
			}
		})
	}
}

func TestRust_ExplainsFailures(t *testing.T) {
	need(t, "cargo")
	h, dir := newHost(t)
	for _, tt := range []struct {
		code, where string
		files       map[string]string
		overrides   hooks.Overrides
	}{
		{"rust.compile", "src/main.rs:1", map[string]string{"Cargo.toml": cargoToml(""), "src/main.rs": "fn main() { foo() }\n"}, hooks.Overrides{}},
		{"rust.manifest_invalid", "Cargo.toml:5", map[string]string{"Cargo.toml": cargoToml("foo = = 1\n"), "src/main.rs": rustMain}, hooks.Overrides{}},
		{"rust.version", "Cargo.toml", map[string]string{"Cargo.toml": cargoToml("rust-version = \"1.999\"\n"), "src/main.rs": rustMain}, hooks.Overrides{}},
		{"rust.lock_out_of_step", "", map[string]string{
			"Cargo.toml": cargoToml("[dependencies]\nlib = { path = \"lib\" }\n"), "Cargo.lock": rustLock, "src/main.rs": rustMain,
			"lib/Cargo.toml": strings.ReplaceAll(cargoToml(""), "app", "lib"), "lib/src/lib.rs": "",
		}, hooks.Overrides{}},
		{"rust.member_missing", "", map[string]string{"Cargo.toml": cargoToml("[workspace]\nmembers = [\"api\"]\n"), "src/main.rs": rustMain}, hooks.Overrides{}},
		{"rust.no_main", "Cargo.toml", map[string]string{"Cargo.toml": cargoToml(""), "src/lib.rs": ""}, hooks.Overrides{}},
		{"rust.many_bins", "Cargo.toml", map[string]string{"Cargo.toml": cargoToml(""), "src/bin/a.rs": rustMain, "src/bin/b.rs": rustMain}, hooks.Overrides{}},
		{"rust.no_program", "", map[string]string{"Cargo.toml": cargoToml(""), "src/main.rs": rustMain}, hooks.Overrides{Build: "true"}},
		{"rust.build_script", "", map[string]string{"Cargo.toml": cargoToml(""), "src/main.rs": rustMain, "build.rs": "fn main() { panic!() }\n"}, hooks.Overrides{}},
	} {
		t.Run(tt.code, func(t *testing.T) {
			fresh(t, dir, tt.files)
			result, _, err := deploy(t, h, dir, func(r *host.BuildRequest) { r.App.Overrides = tt.overrides })
			i := slices.Index(codes(result.Diagnostics), tt.code)
			if err == nil || i < 0 || slot.AsError(err).Hint == "" {
				t.Fatalf("got %v, %+v", err, result.Diagnostics)
			}
			d := result.Diagnostics[i]
			file, _, _ := strings.Cut(tt.where, ":")
			if d.File != file || strings.Contains(tt.where, ":") && d.Line == 0 {
				t.Errorf("got %s:%d, want %s", d.File, d.Line, tt.where)
			}
		})
	}
}

// The folder of a PATH has the programs named, and no others.
func pathOf(t *testing.T, programs ...string) string {
	t.Helper()
	bin := t.TempDir()
	for _, name := range programs {
		path, err := exec.LookPath(name)
		if err == nil {
			err = os.Symlink(path, filepath.Join(bin, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func TestRust_NamesWhatTheMachineLacks(t *testing.T) {
	need(t, "cargo")
	for _, tt := range []struct {
		name, code, hint string
		programs         []string
	}{
		{"cargo", "rust.missing", "apt-get install cargo", nil},
		{"linker", "rust.linker", "apt-get install build-essential", []string{"cargo", "rustc"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := pathOf(t, tt.programs...)
			o := options(dir)
			o.BaseEnv = func() []string {
				return []string{"PATH=" + path, "HOME=" + os.Getenv("HOME"), "RUSTUP_HOME=" + os.Getenv("RUSTUP_HOME")}
			}
			h, err := host.New(o)
			if err != nil {
				t.Fatal(err)
			}
			defer h.Close()
			write(t, dir, map[string]string{"Cargo.toml": cargoToml(""), "Cargo.lock": rustLock, "src/main.rs": rustMain})
			result, _, err := deploy(t, h, dir, nil)
			if err == nil || !slices.Contains(codes(result.Diagnostics), tt.code) || !strings.Contains(slot.AsError(err).Hint, tt.hint) {
				t.Errorf("got %v, %+v", err, result.Diagnostics)
			}
		})
	}
}

// What the user told cargo about registries holds in slot's cargo home too: here
// a registry that is replaced by a folder.
func TestRust_HonoursTheUsersConfigurationOfCargo(t *testing.T) {
	need(t, "cargo")
	dir, user := t.TempDir(), t.TempDir()
	vendor := filepath.Join(user, "crates", "greet")
	for name, text := range map[string]string{
		filepath.Join(user, "config.toml"):            "[source.crates-io]\nreplace-with = \"folder\"\n\n[source.folder]\ndirectory = \"" + filepath.Dir(vendor) + "\"\n",
		filepath.Join(vendor, "Cargo.toml"):           strings.ReplaceAll(cargoToml(""), "app", "greet"),
		filepath.Join(vendor, "src", "lib.rs"):        "pub fn word() -> &'static str {\n    \"hello\"\n}\n",
		filepath.Join(vendor, ".cargo-checksum.json"): "{\"files\":{}}",
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	o := options(dir)
	o.BaseEnv = func() []string { return append(os.Environ(), "CARGO_HOME="+user) }
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	write(t, dir, map[string]string{
		"Cargo.toml": cargoToml("\n[dependencies]\ngreet = \"0.1\"\n"), "src/main.rs": "fn main() {\n    println!(\"{}\", greet::word());\n}\n",
	})
	if result, _, err := deploy(t, h, dir, nil); err != nil {
		t.Fatalf("%v, %+v", err, result.Diagnostics)
	}
	out, err := exec.Command(filepath.Join(dir, "app/target/release/app")).Output()
	if err != nil || string(out) != "hello\n" {
		t.Errorf("the program said %q, %v", out, err)
	}
	if _, err := os.Stat(filepath.Join(user, "registry")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the user's cargo home was written to: %v", err)
	}
}
