package hooktest

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

var hookName = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

func checkDescribe(t *testing.T, program string) {
	p := start(t, program)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	first, err := p.client.Describe(ctx, "test")
	if err != nil {
		t.Fatalf("cannot describe within 2 s: %v", err)
	}
	if !hookName.MatchString(first.Name) {
		t.Errorf("the name %q does not match %v", first.Name, hookName)
	}
	if first.Version == "" || first.Summary == "" {
		t.Errorf("version %q and summary %q are needed", first.Version, first.Summary)
	}
	second, err := p.client.Describe(ctx, "test")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second description differs:\n%s", diff)
	}
}

// checkForeign asks about folders that are nobody's app.
func checkForeign(t *testing.T, program string) {
	p := start(t, program)
	dir := t.TempDir()
	for _, what := range []string{"an empty folder", "a README alone"} {
		if d := detect(t, p, dir); d.Matched {
			t.Errorf("it takes %s for an app: %v", what, d.Evidence)
		}
		if err := os.WriteFile(dir+"/README.md", []byte("# read me\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func checkDetect(t *testing.T, program string, f Fixture) {
	p := start(t, program)
	dir := copyApp(t, f.Dir)
	before := snapshot(t, dir)
	d := detect(t, p, dir)
	if d.Matched != f.Matches {
		t.Errorf("matched is %v, want %v (%v)", d.Matched, f.Matches, d.Evidence)
	}
	if diff := cmp.Diff(d, detect(t, p, dir)); diff != "" {
		t.Errorf("a second look gives another answer:\n%s", diff)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("it wrote into the app:\n%s", diff)
	}
	if !d.Matched {
		return
	}
	if d.Score < 1 || d.Score > 100 {
		t.Errorf("the score %d is not within 1 to 100", d.Score)
	}
	if len(d.Evidence) == 0 {
		t.Error("it names no evidence")
	}
	wrong := slices.ContainsFunc(d.Diagnostics, func(d slot.Diagnostic) bool { return d.Severity == slot.SeverityError })
	if err := d.Preview.Validate(); err != nil && !wrong {
		t.Errorf("the preview cannot be run, and no error diagnostic says why: %v", err)
	}
}

// checkBuild builds the app twice, the second time with what the first left in
// the caches, and wants equal plans.
func checkBuild(t *testing.T, program string, f Fixture) {
	caches := t.TempDir()
	var plans []slot.LaunchPlan
	for range 2 {
		p := start(t, program)
		dir := copyApp(t, f.Dir)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		r := request(t, dir, caches, detect(t, p, dir))
		result, err := p.client.Build(ctx, r, func(e hooks.Event) {
			if e.Line != nil {
				t.Log(e.Line.Text)
			}
			if e.Diagnostic != nil {
				t.Log(e.Diagnostic.Code, e.Diagnostic.Summary)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := result.Plan.Validate(); err != nil {
			t.Errorf("the plan cannot be run: %v", err)
		}
		plans = append(plans, placed(t, result.Plan, map[string]string{dir: "APP", r.OutputDir: "OUTPUT"}))
	}
	if diff := cmp.Diff(plans[0], plans[1], cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the second build gives another plan:\n%s", diff)
	}
}

// placed names the folders that differ from build to build: an app is built
// where it runs, and its plan may hold their paths.
func placed(t *testing.T, plan slot.LaunchPlan, folders map[string]string) slot.LaunchPlan {
	t.Helper()
	data, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	for path, name := range folders {
		data = bytes.ReplaceAll(data, []byte(path), []byte(name))
	}
	var same slot.LaunchPlan
	if err := json.Unmarshal(data, &same); err != nil {
		t.Fatal(err)
	}
	return same
}

// checkCancel cancels a build whose install command would take for ever, and
// then ends the hook as slot does.
func checkCancel(t *testing.T, program string, f Fixture) {
	p := start(t, program)
	dir := copyApp(t, f.Dir)
	r := request(t, dir, t.TempDir(), detect(t, p, dir))
	r.App.Overrides.Install = "echo started; sleep 600"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var canceled time.Time
	defer time.AfterFunc(time.Minute, cancel).Stop()
	_, err := p.client.Build(ctx, r, func(e hooks.Event) {
		if e.Line != nil && e.Line.Text == "started" {
			canceled = time.Now()
			cancel()
		}
	})
	if canceled.IsZero() {
		t.Fatalf("the install command of the slot's configuration was not run within a minute: %v", err)
	}
	if err == nil {
		t.Error("a canceled build gave a result")
	}
	if took := p.terminate(t); took > 5*time.Second {
		t.Errorf("it ended only %v after SIGTERM", took)
	}
	if left := p.group(); len(left) > 0 {
		t.Errorf("processes of the build are still there: %v", left)
	}
}

func detect(t *testing.T, p *process, dir string) hooks.Detection {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	d, err := p.client.Detect(ctx, hooks.App{Slot: "a", SourceDir: dir, AppDir: dir})
	if err != nil {
		t.Fatalf("cannot detect within 5 s: %v", err)
	}
	return d
}

func request(t *testing.T, dir, caches string, d hooks.Detection) hooks.BuildRequest {
	t.Helper()
	return hooks.BuildRequest{
		App:      hooks.App{Slot: "a", SourceDir: dir, AppDir: dir},
		Detected: d, CacheDir: caches, SharedCacheDir: caches, OutputDir: t.TempDir(), TmpDir: t.TempDir(), Jobs: 1,
	}
}
