package host_test

import (
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

// need skips a test whose program is missing, or fails it where everything
// must be there.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		missing(t, "the program "+program)
	}
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("SLOT_TEST_STRICT") == "1" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("%s is missing", what)
}

// deploy detects and builds the app as the engine does.
func deploy(t *testing.T, h *host.Host, dir string, change func(*host.BuildRequest)) (host.Result, []slot.Step, error) {
	t.Helper()
	r := request(dir, "")
	detections, err := h.Detect(t.Context(), r.App, "")
	if err != nil {
		t.Fatal(err)
	}
	r.Detection = detections[0]
	if change != nil {
		change(&r)
	}
	var steps []slot.Step
	result, err := h.Build(t.Context(), r, func(e slot.Event) {
		if e.Step != nil && e.Step.State != slot.StepRunning {
			steps = append(steps, *e.Step)
		}
		if e.Line != nil {
			t.Log(e.Line.Text)
		}
	})
	return result, steps, err
}

func codes(diagnostics []slot.Diagnostic) (codes []string) {
	for _, d := range diagnostics {
		codes = append(codes, d.Code)
	}
	return codes
}

// lock writes the lock file of the app's package.json.
func lock(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("npm", "install", "--package-lock-only", "--no-audit", "--no-fund")
	cmd.Dir = filepath.Join(dir, "app")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Logf("%s", out)
		missing(t, "the npm registry")
	}
}

const app = `require("http").createServer((q, s) => s.end(require("ms")(60000))).listen(process.env.PORT)`

func TestNode_DependenciesOfAnUnchangedLockAreLinked(t *testing.T) {
	t.Parallel()
	need(t, "npm")
	h, dir := newHost(t)
	write(t, dir, map[string]string{
		"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"ms": "2.1.3"}}`, "server.js": app,
	})
	lock(t, dir)
	for _, tt := range []struct {
		name, step string
		hit        bool
		noCache    bool
	}{
		{"first", "npm ci", false, false},
		{"again", "npm ci (from cache)", true, false},
		{"no cache", "npm ci", false, true},
		{"after that", "npm ci (from cache)", true, false},
	} {
		if err := os.RemoveAll(filepath.Join(dir, "app", "node_modules")); err != nil {
			t.Fatal(err)
		}
		result, steps, err := deploy(t, h, dir, func(r *host.BuildRequest) { r.NoCache = tt.noCache })
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if web := result.Plan.Web(); web == nil || !slices.Equal(web.Argv, []string{"node", "server.js"}) {
			t.Errorf("%s: got plan %+v", tt.name, result.Plan)
		}
		if hit := len(result.Caches) == 1 && result.Caches[0].Hit; hit != tt.hit || len(steps) != 1 || steps[0].Detail != tt.step {
			t.Errorf("%s: got caches %+v, steps %+v", tt.name, result.Caches, steps)
		}
		if tt.hit && steps[0].DurationMS > 500 {
			t.Errorf("%s: linking took %d ms", tt.name, steps[0].DurationMS)
		}
		check := exec.Command("node", "-p", `require("ms")(60000)`)
		check.Dir = filepath.Join(dir, "app")
		if out, err := check.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "1m" {
			t.Errorf("%s: the app cannot use its dependency: %s", tt.name, out)
		}
	}
}

func TestNode_LockOutOfStepIsToldEachTime(t *testing.T) {
	t.Parallel()
	need(t, "npm")
	h, dir := newHost(t)
	write(t, dir, map[string]string{"package.json": `{"dependencies": {"ms": "2.1.2"}}`, "server.js": app})
	lock(t, dir)
	locked, err := os.ReadFile(filepath.Join(dir, "app", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"first", "again"} {
		// npm install mends the lock file of a release; the next deployment
		// brings the app's own again.
		write(t, dir, map[string]string{"package.json": `{"dependencies": {"ms": "2.1.3"}}`, "package-lock.json": string(locked)})
		result, _, err := deploy(t, h, dir, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.Equal(codes(result.Diagnostics), []string{"node.lock_out_of_sync"}) || result.Diagnostics[0].Severity != slot.SeverityWarning {
			t.Errorf("%s: got %+v", name, result.Diagnostics)
		}
	}
}

func TestNode_ExplainsFailures(t *testing.T) {
	t.Parallel()
	need(t, "npm")
	for _, tt := range []struct {
		name  string
		files map[string]string
		code  string
	}{
		{"tool that is not installed", map[string]string{"package.json": `{"scripts": {"build": "no-such-tool build", "start": "node x.js"}}`}, "node.bin_not_found"},
		{"build that fails", map[string]string{"package.json": `{"scripts": {"build": "exit 7", "start": "node x.js"}}`}, "node.build_failed"},
		{"nothing to start", map[string]string{"package.json": `{"dependencies": {"ms": "2"}}`}, "node.no_start"},
		{"no page", map[string]string{"package.json": `{"scripts": {"build": "true"}}`, "web/x.txt": ""}, "static.no_index"},
		{"wrong manifest", map[string]string{"package.json": `{`}, "node.manifest_invalid"},
		{"wrong Procfile", map[string]string{"package.json": `{"scripts": {"start": "node x.js"}}`, "Procfile": "web node"}, "procfile.invalid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t)
			write(t, dir, tt.files)
			result, _, err := deploy(t, h, dir, nil)
			if err == nil || !slices.Contains(codes(result.Diagnostics), tt.code) {
				t.Errorf("got %v, %+v", err, result.Diagnostics)
			}
			if e := slot.AsError(err); e != nil && e.Hint == "" {
				t.Errorf("%v has no hint", err)
			}
		})
	}
}

func TestNode_NamesAPackageManagerThatIsMissing(t *testing.T) {
	t.Parallel()
	need(t, "node")
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	node, _ := exec.LookPath("node")
	if err := os.Symlink(node, filepath.Join(bin, "node")); err != nil {
		t.Fatal(err)
	}
	o := options(dir)
	o.BaseEnv = func() []string { return []string{"PATH=" + bin} }
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	write(t, dir, map[string]string{
		"package.json": `{"scripts": {"start": "node x.js"}, "dependencies": {"ms": "2"}}`, "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
	})
	result, _, err := deploy(t, h, dir, nil)
	if err == nil || !slices.Contains(codes(result.Diagnostics), "node.pm_missing") || !strings.Contains(slot.AsError(err).Hint, "apt-get install npm") {
		t.Errorf("got %v, %+v", err, result.Diagnostics)
	}
}

func TestBuild_UsersWordsWinOverDetection(t *testing.T) {
	t.Parallel()
	yes := true
	for _, tt := range []struct {
		name      string
		overrides hooks.Overrides
		want      slot.LaunchPlan
	}{
		{"start", hooks.Overrides{Start: "./serve $PORT"}, slot.LaunchPlan{Processes: []slot.Process{{Type: "web", Shell: "./serve $PORT"}}}},
		{"static root", hooks.Overrides{StaticRoot: "pub"}, slot.LaunchPlan{Static: &slot.StaticSite{Root: "pub"}}},
		{"spa", hooks.Overrides{SPA: &yes}, slot.LaunchPlan{Static: &slot.StaticSite{Root: ".", SPA: true}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t)
			write(t, dir, map[string]string{"index.html": "x", "pub/index.html": "y"})
			r := request(dir, "static")
			r.App.Overrides = tt.overrides
			result, _, err := build(t, h, r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, result.Plan); diff != "" {
				t.Error(diff)
			}
		})
	}
}
