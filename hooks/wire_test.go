package hooks

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/slot"
)

func TestWire_CarriesEverythingBothWays(t *testing.T) {
	no := false
	app := App{
		Slot: "b", SourceDir: "/s", AppDir: "/s/app", Commit: "c0ffee", Env: map[string]string{"A": "b"},
		Overrides: Overrides{
			Install: "i", Build: "b", SkipBuild: true, Start: "s", StaticRoot: "r", SPA: &no,
			Versions: map[string]string{"node": "20"}, Options: map[string]string{"o": "p"},
		},
	}
	versions := []Version{{Tool: "node", Requested: ">=18", Source: "x", Resolved: "20.1.0"}}
	plan := slot.LaunchPlan{
		Processes: []slot.Process{{Type: "web", Argv: []string{"a", "b"}, WorkingDir: "w", PortEnv: "P"}, {Type: "worker", Shell: "c $D"}},
		Static:    &slot.StaticSite{Root: "dist", SPA: true, NotFound: "404.html"},
		Env:       map[string]string{"K": "v"}, PathPrepend: []string{"bin"}, Health: slot.Health{Path: "/h", StartTimeoutS: 9},
	}
	detection := Detection{
		Matched: true, Score: 70, Language: "node", Framework: "next", Versions: versions, Evidence: []string{"e"}, Preview: plan,
		Diagnostics: []slot.Diagnostic{{Severity: slot.SeverityWarning, Code: "c", Summary: "s", Detail: "d", Hint: "h", File: "f", Line: 3}},
	}
	request := BuildRequest{
		App: app, Detected: detection, CacheDir: "/c", SharedCacheDir: "/sc", OutputDir: "/o", TmpDir: "/t", Jobs: 2, NoCache: true,
	}
	if diff := cmp.Diff(request, requestFromWire(requestToWire(request))); diff != "" {
		t.Error(diff)
	}
	result := Result{Plan: plan, Versions: versions, Caches: []CacheUse{{Name: "n", Key: "k", Hit: true, Bytes: 5}}}
	if diff := cmp.Diff(result, resultFromWire(resultToWire(true, result))); diff != "" {
		t.Error(diff)
	}
	description := Description{
		Name: "n", Version: "v", Summary: "s", Languages: []string{"l"}, Capabilities: []string{"c"}, WantsEnv: []string{"W_*"},
		Tools: []Tool{{Name: "t", Constraint: ">1", InstallHint: "i"}},
	}
	if diff := cmp.Diff(description, descriptionFromWire(descriptionToWire(description))); diff != "" {
		t.Error(diff)
	}
	for _, state := range []slot.StepState{slot.StepRunning, slot.StepDone, slot.StepFailed, StepSkipped} {
		for _, cache := range []CacheState{"", CacheHit, CacheMiss, CacheBypass} {
			step := StepEvent{ID: "i", Title: "t", State: state, Duration: 7 * time.Millisecond, Cache: cache, ExitCode: 3}
			if diff := cmp.Diff(step, stepFromWire(stepToWire(step))); diff != "" {
				t.Error(diff)
			}
		}
	}
}
