package commands

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// pastDeployments has one of each kind.
func pastDeployments() []slot.Deployment {
	source := slot.Source{Repository: "https://github.com/you/blog", Branch: "main", Commit: "3f9c2e1a77", Subject: "Grüße\t\x1b[2J日本", Author: "Ada\x07 Größe"}
	at := func(d time.Duration) time.Time { return noon.Add(-d) }
	steps := []slot.Step{
		{Name: slot.StepFetch, State: slot.StepDone, Detail: `3f9c2e1 "Fix"`, DurationMS: 120},
		{Name: slot.StepBuild, State: slot.StepDone, Detail: "node server.js", DurationMS: 2400},
		{Name: "build.install", State: slot.StepDone, Detail: "npm ci", DurationMS: 2300},
		{Name: slot.StepSwitch, State: slot.StepDone, Detail: "release 7 is live", DurationMS: 2},
	}
	failed := slot.Deployment{
		ID: 12, Slot: "a", Action: slot.ActionDeploy, Trigger: "cli", State: slot.DeploymentFailed, Source: source, Release: 8, Previous: 7,
		RequestedAt: at(time.Hour), StartedAt: at(time.Hour - 1500*time.Millisecond), EndedAt: at(time.Hour - 3600*time.Millisecond),
		Steps:  []slot.Step{steps[0], {Name: slot.StepBuild, State: slot.StepFailed, Detail: "npm ci failed", DurationMS: 2000}},
		Error:  slot.AsError(slot.E(slot.KindKept, "npm install, and commit package-lock.json", errors.New("build failed: npm ci failed"))),
		Output: []string{"npm error code EUSAGE", "npm error \x1b[2Jmore"},
		Diagnostics: []slot.Diagnostic{{Severity: slot.SeverityError, Code: "node.lock_out_of_sync",
			Summary: "package-lock.json does not match package.json", Hint: "npm install, and commit package-lock.json"}},
	}
	live := slot.Deployment{
		ID: 11, Slot: "a", Action: slot.ActionDeploy, Trigger: "cli", State: slot.DeploymentLive, Source: source, Release: 7, Previous: 6,
		RequestedAt: at(26 * time.Hour), StartedAt: at(26 * time.Hour), EndedAt: at(26*time.Hour - 182*time.Second), Steps: steps,
	}
	return []slot.Deployment{
		{ID: 14, Slot: "b", Action: slot.ActionDeploy, Trigger: "cli", State: slot.DeploymentQueued, RequestedAt: at(time.Second)},
		{ID: 13, Slot: "a", Action: slot.ActionRollback, Trigger: "cli", State: slot.DeploymentLive, Source: source, Release: 6, Previous: 7,
			RequestedAt: at(time.Minute), StartedAt: at(time.Minute), EndedAt: at(time.Minute - 400*time.Millisecond)},
		failed, live,
		{ID: 10, Slot: "b", Action: slot.ActionDeploy, State: slot.DeploymentSuperseded, RequestedAt: at(48 * time.Hour), EndedAt: at(48 * time.Hour)},
	}
}

func TestScreen_OfOneDeployment(t *testing.T) {
	past := pastDeployments()
	for name, d := range map[string]shownDeployment{
		"failed":   {past[2], "/home/you/.slot/slots/a/logs/deploy-12.log"},
		"live":     {past[3], ""},
		"rollback": {past[1], ""},
		"queued":   {past[0], ""},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", "screen", "history_show_"+name+".txt"), d.text(time.UTC))
		})
	}
}

func TestParseMoment(t *testing.T) {
	for text, want := range map[string]time.Time{
		"": {}, "90m": noon.Add(-90 * time.Minute), "7d": noon.Add(-7 * 24 * time.Hour), "2w": noon.Add(-14 * 24 * time.Hour),
		"2026-04-30": time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC), "2026-04-30 08:15": time.Date(2026, 4, 30, 8, 15, 0, 0, time.UTC),
		"2026-04-30 08:15:30": time.Date(2026, 4, 30, 8, 15, 30, 0, time.UTC), "08:15": noon.Add(-3*time.Hour - 45*time.Minute), "08:15:30": noon.Add(-3*time.Hour - 44*time.Minute - 30*time.Second),
		"2026-04-30T08:15:00+02:00": time.Date(2026, 4, 30, 6, 15, 0, 0, time.UTC),
	} {
		if got, err := parseMoment("--since", text, noon); err != nil || !got.Equal(want) {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"yesterday", "7", "-7d", "999999w", "9999999s", "2026-13-01", "7 d", "25:00"} {
		if got, err := parseMoment("--since", text, noon); slot.AsError(err) == nil || slot.AsError(err).Kind != slot.KindUsage {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}
