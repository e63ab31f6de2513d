package slot_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/slot"
)

func TestSummarize(t *testing.T) {
	noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	done := func(name slot.StepName, ms int64) slot.Step {
		return slot.Step{Name: name, State: slot.StepDone, DurationMS: ms}
	}
	var ds []slot.Deployment
	add := func(n slot.Name, a slot.Action, state slot.DeploymentState, took int, steps ...slot.Step) {
		at := noon.Add(time.Duration(len(ds)) * time.Hour)
		ds = append(ds, slot.Deployment{Slot: n, Action: a, State: state, Steps: steps, RequestedAt: at,
			StartedAt: at.Add(time.Minute), EndedAt: at.Add(time.Minute + time.Duration(took)*time.Millisecond)})
	}
	add("a", slot.ActionDeploy, slot.DeploymentLive, 100, done("fetch", 10), done("build", 90), done("prune", 1))
	add("a", slot.ActionDeploy, slot.DeploymentLive, 300, done("fetch", 30), done("build", 200), done("drain", 5), done("prune", 1))
	add("a", slot.ActionDeploy, slot.DeploymentLive, 200, done("fetch", 20))
	add("a", slot.ActionDeploy, slot.DeploymentFailed, 9000, done("fetch", 40), slot.Step{Name: "build", State: slot.StepFailed, DurationMS: 8000})
	add("a", slot.ActionDeploy, slot.DeploymentSuperseded, 0)
	add("a", slot.ActionRollback, slot.DeploymentLive, 10)
	add("a", slot.ActionRollback, slot.DeploymentFailed, 10)
	add("a", slot.ActionStart, slot.DeploymentLive, 10)
	add("a", slot.ActionDeploy, slot.DeploymentRunning, 0)
	add("b", slot.ActionDeploy, slot.DeploymentLive, 7)
	want := slot.Statistics{
		Slot: "a", Deploys: 5, Live: 3, Failed: 1, Canceled: 1, Success: 0.75, MedianMS: 200, P95MS: 300,
		Rollbacks: 1, Others: 2, LastDeploy: noon.Add(4*time.Hour + time.Minute), FirstCount: noon,
		Steps: []slot.StepStatistics{
			{Name: "fetch", Runs: 4, MedianMS: 20, P95MS: 40},
			{Name: "build", Runs: 3, Failed: 1, MedianMS: 90, P95MS: 200},
			{Name: "drain", Runs: 1, MedianMS: 5, P95MS: 5},
			{Name: "prune", Runs: 2, MedianMS: 1, P95MS: 1},
		},
	}
	if diff := cmp.Diff(want, slot.Summarize("a", ds)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(slot.Statistics{Slot: "e"}, slot.Summarize("e", ds)); diff != "" {
		t.Error(diff)
	}
}
