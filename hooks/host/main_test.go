package host_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/builtin"
	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

// The test binary plays three parts beside the tests: slot serving a built-in
// hook, a third-party hook that misbehaves by its name, and a host to kill.
func TestMain(m *testing.M) {
	if handled, code := builtin.Main(os.Args); handled {
		os.Exit(code)
	}
	switch {
	case len(os.Args) == 3 && os.Args[1] == "__test_hook":
		os.Exit(serveOddHook(os.Args[2]))
	case len(os.Args) == 4 && os.Args[1] == "__test_host":
		os.Exit(runHost(os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

// odd is a hook with a fault that its name tells.
type odd struct{ name string }

func serveOddHook(name string) int {
	switch name {
	case "prints":
		fmt.Println("hello from the hook")
	case "exits":
		fmt.Fprintln(os.Stderr, "no licence found")
		return 3
	case "future":
		fmt.Println("1|7|unix|/nowhere|grpc")
		select {}
	case "hangs":
		time.Sleep(time.Hour)
	}
	return hooks.Serve(odd{name})
}

func (o odd) Describe() hooks.Description {
	if o.name == "misnamed" {
		return hooks.Description{Name: "other", Version: "1"}
	}
	return hooks.Description{Name: o.name, Version: "1.2.3"}
}

func (o odd) Detect(_ context.Context, app hooks.App) (hooks.Detection, error) {
	switch o.name {
	case "refuses":
		return hooks.Detection{}, errors.New("out of ideas")
	case "slow":
		time.Sleep(time.Hour)
	case "node":
		return hooks.Detection{Matched: true, Score: 100}, nil
	case "curious": // writes where it only may read
		return hooks.Detection{Evidence: []string{told(os.WriteFile(filepath.Join(app.AppDir, "mark"), nil, 0o600))}}, nil
	}
	return hooks.Detection{Evidence: []string{"odd.file"}}, nil
}

func (o odd) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	web := slot.LaunchPlan{Processes: []slot.Process{{Type: slot.ProcessWeb, Argv: []string{"true"}}}}
	switch o.name {
	case "panics":
		b.Log("about to panic")
		panic("the sky fell")
	case "dies":
		go panic("the sky fell")
		select {}
	case "stray":
		fmt.Println("printed by accident")
		b.Log("told on purpose")
	case "env":
		return hooks.Result{Plan: web}, b.Run(ctx, r.App.AppDir, []string{"env"})
	case "leaves":
		return hooks.Result{Plan: web}, b.Shell(ctx, "sleep 600 >/dev/null 2>&1 & echo pid $!; setsid sleep 600 & echo pid $!")
	case "blocks":
		b.Log("pid %d", os.Getpid())
		return hooks.Result{}, b.Shell(ctx, "sleep 600 & echo pid $!; (trap '' TERM; echo pid $$; sleep 600; sleep 600)")
	case "talks":
		return hooks.Result{Plan: web}, b.Shell(ctx, "yes | head -c 3000000")
	case "fails":
		for i := range 30 {
			b.Log("line %d", i)
		}
		return hooks.Result{}, hooks.Fail(slot.Diagnostic{Code: "odd.broken", Summary: "the gears are stuck", Hint: "oil them"})
	case "curious":
		for _, dir := range []string{r.App.SourceDir, r.OutputDir, r.CacheDir, r.SharedCacheDir, r.TmpDir, os.TempDir(), r.App.Env["CLOSED"]} {
			b.Log("write %s", told(os.WriteFile(filepath.Join(dir, "mark"), nil, 0o600)))
		}
		return hooks.Result{}, b.Shell(ctx, "cat "+r.App.Env["CLOSED"]+"/key")
	case "cached":
		return hooks.Result{Plan: slot.LaunchPlan{Processes: []slot.Process{{Type: slot.ProcessWeb, Argv: []string{r.CacheDir + "/app"}}}}}, nil
	case "planless":
		return hooks.Result{}, nil
	}
	return hooks.Result{Plan: web}, nil
}

// told is "ok", or the error's number.
func told(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return "ok"
}

// runHost builds until it is killed, and prints what the build tells.
func runHost(dir, hook string) int {
	h, err := host.New(options(dir))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	_, err = h.Build(context.Background(), request(dir, hook), func(e slot.Event) {
		if e.Line != nil {
			fmt.Println(e.Line.Text)
		}
	})
	fmt.Println("ended", err)
	return 0
}

func options(dir string) host.Options {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return host.Options{
		SelfExe: exe, Dirs: []string{filepath.Join(dir, "hooks")}, LockFile: filepath.Join(dir, "hooks.lock"),
		RunDir: filepath.Join(dir, "run"), CacheDir: filepath.Join(dir, "cache"), TmpDir: filepath.Join(dir, "tmp"),
	}
}

func request(dir, hook string) host.BuildRequest {
	app := filepath.Join(dir, "app")
	return host.BuildRequest{
		App:       host.App{Slot: "a", SourceDir: app, AppDir: app},
		Detection: host.Detection{Hook: hook}, OutputDir: filepath.Join(dir, "out"),
	}
}

// newHost returns a host, its folder with an empty app, and the odd hooks
// trusted in it.
func newHost(t *testing.T, odd ...string) (*host.Host, string) {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"hooks", "app"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	h, err := host.New(options(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	for _, name := range odd {
		install(t, dir, name)
		if _, err := h.Trust(t.Context(), name, ""); err != nil {
			t.Fatal(err)
		}
	}
	return h, dir
}

// install puts an odd hook into the folder of hooks, untrusted.
func install(t *testing.T, dir, name string) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "hooks", "slot-hook-"+name)
	script := fmt.Sprintf("#!/bin/sh\nexec %q __test_hook %s\n", exe, name)
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, "app", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// gone waits until the process has ended.
func gone(t *testing.T, pid int) {
	t.Helper()
	eventually(t, fmt.Sprintf("process %d to end", pid), func() bool {
		if syscall.Kill(pid, 0) != nil {
			return true
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || strings.Contains(string(stat), ") Z ")
	})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// pidOf returns the process id of a line "pid N".
func pidOf(line string) (int, bool) {
	number, ok := strings.CutPrefix(line, "pid ")
	pid, err := strconv.Atoi(number)
	return pid, ok && err == nil
}
