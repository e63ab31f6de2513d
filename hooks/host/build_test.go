package host_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

// build runs a build and returns all lines it told as "stream: text".
func build(t *testing.T, h *host.Host, r host.BuildRequest) (host.Result, []string, error) {
	t.Helper()
	var lines []string
	result, err := h.Build(t.Context(), r, func(e slot.Event) {
		if e.Line != nil {
			lines = append(lines, e.Line.Stream+": "+e.Line.Text)
		}
	})
	return result, lines, err
}

func TestBuild_FailsWithDiagnosticsAndLastLines(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "fails")
	result, _, err := build(t, h, request(dir, "fails"))
	if e := slot.AsError(err); err == nil || e.Kind != slot.KindFailed || err.Error() != "the gears are stuck" || e.Hint != "oil them" {
		t.Errorf("got error %+v", slot.AsError(err))
	}
	want := []slot.Diagnostic{{Severity: slot.SeverityError, Code: "odd.broken", Summary: "the gears are stuck", Hint: "oil them"}}
	if diff := cmp.Diff(want, result.Diagnostics); diff != "" {
		t.Error(diff)
	}
	if len(result.Output) != 20 || result.Output[0] != "line 10" || result.Output[19] != "line 29" {
		t.Errorf("got output %q", result.Output)
	}
}

func TestBuild_ExplainsACrashWithTheTrace(t *testing.T) {
	t.Parallel()
	for hook, want := range map[string]string{
		"panics": `hook "panics" crashed: panic: the sky fell`,
		"dies":   `hook "dies" crashed: exit status 2`,
	} {
		t.Run(hook, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t, hook)
			result, lines, err := build(t, h, request(dir, hook))
			if err == nil || err.Error() != want {
				t.Errorf("got error %v", err)
			}
			if len(result.Diagnostics) != 1 || result.Diagnostics[0].Code != "hook.crashed" || !strings.Contains(result.Diagnostics[0].Detail, "the sky fell") {
				t.Errorf("got diagnostics %+v", result.Diagnostics)
			}
			if hook == "panics" && !slices.Contains(lines, "hook: about to panic") {
				t.Errorf("got lines %q", lines)
			}
		})
	}
}

func TestBuild_PassesStrayPrintsOnAsTheHooksVoice(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "stray")
	// The stray line comes by another way than the told one and may be too late
	// for a build this short.
	eventually(t, "the stray line", func() bool {
		_, lines, err := build(t, h, request(dir, "stray"))
		if err != nil || !slices.Contains(lines, "hook: told on purpose") {
			t.Fatalf("got lines %q, error %v", lines, err)
		}
		return slices.Contains(lines, "hook: printed by accident")
	})
}

func TestBuild_LeavesNothingRunning(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "leaves")
	_, lines, err := build(t, h, request(dir, "leaves"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, line := range lines {
		if pid, ok := pidOf(strings.TrimPrefix(line, "stdout: ")); ok {
			found++
			gone(t, pid)
		}
	}
	if found != 2 {
		t.Errorf("got lines %q, want two processes", lines)
	}
}

func TestBuild_LimitsEndIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, hook, code string
		limit            func(*host.BuildRequest)
	}{
		{"time", "blocks", "build.timeout", func(r *host.BuildRequest) { r.Timeout = 500 * time.Millisecond }},
		{"silence", "blocks", "build.silent", func(r *host.BuildRequest) { r.Silence = 500 * time.Millisecond }},
		{"output", "talks", "build.output", func(r *host.BuildRequest) { r.OutputLimit = 1 << 20 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t, tt.hook)
			r := request(dir, tt.hook)
			tt.limit(&r)
			result, lines, err := build(t, h, r)
			if err == nil || len(result.Diagnostics) != 1 || result.Diagnostics[0].Code != tt.code || result.Diagnostics[0].Hint == "" {
				t.Errorf("got error %v, diagnostics %+v", err, result.Diagnostics)
			}
			for _, line := range lines {
				if _, text, _ := strings.Cut(line, ": "); strings.HasPrefix(text, "pid ") {
					pid, _ := pidOf(text)
					gone(t, pid)
				}
			}
		})
	}
}

func TestBuild_CancelEndsItPromptlyWithAllItStarted(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "blocks")
	ctx, cancel := context.WithCancel(t.Context())
	var pids []int
	var canceled time.Time
	_, err := h.Build(ctx, request(dir, "blocks"), func(e slot.Event) {
		if e.Line == nil {
			return
		}
		if pid, ok := pidOf(e.Line.Text); ok {
			pids = append(pids, pid)
		}
		if len(pids) == 3 && canceled.IsZero() {
			canceled = time.Now()
			cancel()
		}
	})
	if slot.AsError(err).Kind != slot.KindCanceled || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(canceled); took > 5*time.Second {
		t.Errorf("the build went on for %v", took)
	}
	for _, pid := range pids {
		gone(t, pid)
	}
}

func TestBuild_RefusesAPlanThatCannotRun(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "planless")
	result, _, err := build(t, h, request(dir, "planless"))
	if err == nil || len(result.Diagnostics) != 1 || result.Diagnostics[0].Code != "hook.plan_invalid" {
		t.Errorf("got error %v, diagnostics %+v", err, result.Diagnostics)
	}
}

func TestBuild_HookSeesACleanEnvironment(t *testing.T) {
	t.Setenv("CODER_AGENT_TOKEN", "secret")
	t.Setenv("SLOT_ADMIN_TOKEN", "secret")
	h, dir := newHost(t, "env")
	r := request(dir, "env")
	r.App.Env = map[string]string{"GREETING": "hällo\n$HOME \xff", "PLUGIN_MIN_PORT": "1"}
	_, lines, err := build(t, h, r)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(lines, "\n")
	for _, want := range []string{"GREETING=hällo", "CI=true", "TMPDIR=" + filepath.Join(dir, "tmp"), "HOME="} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in the environment", want)
		}
	}
	for _, bad := range []string{"secret", "PLUGIN_", "SLOT_HOOK_COOKIE"} {
		if strings.Contains(all, bad) {
			t.Errorf("%s is in the environment", bad)
		}
	}
}

func TestBuild_LeavesNoFolderOfTheRun(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "fine")
	if _, _, err := build(t, h, request(dir, "fine")); err != nil {
		t.Fatal(err)
	}
	h.Close()
	for _, sub := range []string{"run", "tmp"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil && !errors.Is(err, fs.ErrNotExist) || len(entries) != 0 {
			t.Errorf("%s holds %v, %v", sub, entries, err)
		}
	}
}
