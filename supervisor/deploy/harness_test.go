package deploy

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/proxy"
	"github.com/slot-paas/slot/supervisor/store"
)

// patience bounds every wait of the tests; only a failure takes so long.
const patience = 20 * time.Second

// childVar makes the test binary an app that listens on a port of its choice.
const childVar = "DEPLOY_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVar) == "" {
		os.Exit(m.Run())
	}
	err := http.ListenAndServe("127.0.0.1:"+os.Getenv(childVar), http.NotFoundHandler())
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// newEngine is an engine of real rooms in a state folder of its own.
func newEngine(t *testing.T) *Engine {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "home"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	lay, quiet := st.Layout(), slog.New(slog.DiscardHandler)
	fronts, books := map[slot.Name]*proxy.Front{}, map[slot.Name]*logs.Log{}
	for _, n := range slot.Names() {
		if books[n], err = logs.Open(lay.Logs(n), logs.Options{}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { books[n].Close() })
		fronts[n] = proxy.NewFront(proxy.FrontOptions{Name: n, Port: 3001 + n.Index(), Log: quiet})
	}
	hooks, err := host.New(host.Options{
		LockFile: lay.HooksLock(), RunDir: lay.HookSockets(), CacheDir: lay.Cache(), TmpDir: lay.Tmp(), Log: quiet,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hooks.Close)
	e := New(Options{
		Store: st, Hooks: hooks, Git: git.New(os.Environ()), Ports: process.NewPorts(20000, 29999), Fronts: fronts, Logs: books,
		Port:    func(n slot.Name) int { return 3001 + n.Index() },
		URL:     func(n slot.Name) string { return fmt.Sprintf("http://127.0.0.1:%d", 3001+n.Index()) },
		BaseEnv: func() []string { return []string{"PATH=/usr/bin:/bin", "HOME=/home/you"} },
		Machine: func() sandbox.Machine { return sandbox.Machine{} },
		Log:     quiet,
	})
	t.Cleanup(e.Close)
	return e
}

// startProc runs a program as the web process of a release.
func startProc(t *testing.T, env []string, args ...string) *proc {
	t.Helper()
	dir := t.TempDir()
	spec := process.Spec{
		ID: newProcessID("test", os.Getpid()), Argv: args, Dir: dir, Env: append(env, "PATH="+os.Getenv("PATH")),
		Stdout: filepath.Join(dir, "out"), Stderr: filepath.Join(dir, "err"),
		Policy: slot.RestartNever, StopTimeout: patience,
	}
	for _, path := range []string{spec.Stdout, spec.Stderr} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	observer := process.Observer{Record: func(slot.Identity) error { return nil }, Changed: func(process.Snapshot) {}}
	p, err := process.Start(t.Context(), spec, observer, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := p.Stop(t.Context()); err != nil {
			<-p.Ended() // the context of a test is over in its clean-up; the stop is not
		}
	})
	return &proc{Process: p, id: spec.ID, typ: slot.ProcessWeb}
}

func portOf(t *testing.T, address string) int {
	t.Helper()
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == ':' {
			port, err := strconv.Atoi(address[i+1:])
			if err != nil {
				t.Fatal(err)
			}
			return port
		}
	}
	t.Fatalf("no port in %q", address)
	return 0
}
