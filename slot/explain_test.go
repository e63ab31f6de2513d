package slot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

var explainNow = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// facts of a slot that serves release 3 since five minutes ago, changed.
func facts(change func(*slot.Facts)) slot.Facts {
	var f slot.Facts
	f.Now = explainNow
	f.Desired = slot.DesiredRunning
	f.Status = slot.Status{
		Slot: "a", State: slot.StateLive, URL: "http://127.0.0.1:3001", Release: 3, Target: "process", PID: 7, Configured: true,
		Source: slot.Source{Repository: "https://example.com/me/blog.git", Branch: "main", Commit: "1f2e3d4c5b"},
		Since:  explainNow.Add(-5 * time.Minute),
	}
	f.Config.Repository = f.Status.Source.Repository
	if change != nil {
		change(&f)
	}
	return f
}

func TestExplain_SaysWhyAndWhatToDo(t *testing.T) {
	ago := func(d time.Duration) time.Time { return explainNow.Add(-d) }
	deployment := func(state slot.DeploymentState) *slot.Deployment {
		return &slot.Deployment{ID: 12, Slot: "a", Action: slot.ActionDeploy, Trigger: "push", State: state, EndedAt: ago(time.Minute), RequestedAt: ago(2 * time.Minute), StartedAt: ago(90 * time.Second)}
	}
	for name, c := range map[string]struct {
		change  func(*slot.Facts)
		summary string
		says    []string // in this order
		try     string   // the first one; "" for none
	}{
		"live": {nil, "slot a is live", []string{"Release 3 (blog, 1f2e3d4 of main) serves at http://127.0.0.1:3001 for 5m."}, ""},
		"taken over by another daemon": {func(f *slot.Facts) {
			f.Processes = []slot.ProcessRecord{{Identity: slot.Identity{PID: 8}}, {Identity: slot.Identity{PID: 7}, StartedAt: ago(3 * time.Hour)}}
		}, "slot a is live", []string{"at http://127.0.0.1:3001 for 3h."}, ""},
		"static, since its deployment": {func(f *slot.Facts) {
			f.Status.Target, f.Status.PID, f.Status.Since = "static", 0, time.Time{}
			f.Status.Last = deployment(slot.DeploymentLive)
		}, "slot a is live", []string{"serves its files at http://127.0.0.1:3001 for 1m."}, ""},
		"static": {func(f *slot.Facts) {
			f.Status.Target, f.Status.PID, f.Status.Since = "static", 0, time.Time{}
			f.Started = &slot.SlotConfig{StopTimeout: 5} // files are not started
		}, "slot a is live", []string{"serves its files at http://127.0.0.1:3001."}, ""},
		"started anew after an end": {func(f *slot.Facts) { f.Status.Restarts, f.Status.LastExit = 2, "signal: killed" },
			"slot a is live", []string{"Its process ended 2 times since it was deployed, last with signal: killed"}, "slot logs a"},
		"a working tree": {func(f *slot.Facts) { f.Status.Dev = true }, "slot a is live; its address shows a working tree", []string{"slot dev has lent"}, ""},
		"starting": {func(f *slot.Facts) { f.Status.State = slot.StateStarting },
			"slot a is starting", []string{"was started 5m ago and has not answered yet"}, "slot logs a -f"},
		"empty": {func(f *slot.Facts) {
			f.Status = slot.Status{Slot: "a", State: slot.StateEmpty}
			f.Config = slot.SlotConfig{}
		},
			"slot a is empty: nothing was ever deployed here", nil, "slot deploy a https://github.com/you/app"},
		"configured": {func(f *slot.Facts) {
			f.Status = slot.Status{Slot: "a", State: slot.StateEmpty, Configured: true}
			f.Config.Repository = "https://me:hunter2@example.com/blog"
		}, "slot a is empty", []string{"configured with https://example.com/blog"}, "slot deploy a"},
		"the first deployment failed": {func(f *slot.Facts) {
			d := deployment(slot.DeploymentFailed)
			d.Error = &slot.Error{Kind: slot.KindDown, Err: errors.New("npm ci failed"), Hint: "npm install makes the lock file anew"}
			f.Status = slot.Status{Slot: "a", State: slot.StateEmpty, Configured: true, Last: d}
		}, "slot a is empty", []string{"Deployment 12 (deploy by push, 1m ago) failed: npm ci failed."}, "npm install makes the lock file anew"},
		"a bad release": {func(f *slot.Facts) {
			d := deployment(slot.DeploymentFailed)
			d.Steps = []slot.Step{{Name: slot.StepBuild, State: slot.StepDone}, {Name: slot.StepCheck, State: slot.StepFailed}}
			d.Error = &slot.Error{Err: errors.New("it does not answer"), Hint: "a path that answers: slot config set a.health_check.path=/up"}
			d.Diagnostics = []slot.Diagnostic{{Severity: slot.SeverityWarning, Summary: "the app listens on ::1 only", Hint: "listen on HOST"}}
			f.Status.Last = d
		}, "slot a is live, but the last deployment failed",
			[]string{"failed in the step check: it does not answer.", "release 3 goes on serving", "The app listens on ::1 only."}, "listen on HOST"},
		"cut short": {func(f *slot.Facts) { f.Status.Last = deployment(slot.DeploymentFailed); f.Status.Last.CutShort = true },
			"slot a is live", []string{"was cut short: the daemon ended during it"}, "slot deploy a"},
		"called off": {func(f *slot.Facts) { f.Status.Last = deployment(slot.DeploymentCanceled) }, "slot a is live", []string{"was called off"}, "slot deploy a"},
		"given way":  {func(f *slot.Facts) { f.Status.Last = deployment(slot.DeploymentSuperseded) }, "slot a is live", []string{"gave way to a newer one"}, ""},
		"not changed": {func(f *slot.Facts) {
			f.Status.Last = deployment(slot.DeploymentSkipped)
			f.Status.Last.Reason = "the live release is as new"
		}, "slot a is live", []string{"was skipped: the live release is as new."}, ""},
		"a warning of the live one": {func(f *slot.Facts) {
			f.Status.Last = deployment(slot.DeploymentLive)
			f.Status.Last.Diagnostics = []slot.Diagnostic{{Severity: slot.SeverityWarning, Summary: "it writes into its folder", Hint: "slot config set a.persist=data"}}
		}, "slot a is live", []string{"warned: it writes into its folder."}, "slot config set a.persist=data"},
		"waiting": {func(f *slot.Facts) { f.Status.Deploying = deployment(slot.DeploymentQueued) },
			"slot a is live; a deployment waits", []string{"has waited for 2m"}, "slot cancel a, to call it off"},
		"waiting for another build": {func(f *slot.Facts) {
			f.Status.Deploying = deployment(slot.DeploymentRunning)
			f.Status.Deploying.Steps = []slot.Step{{Name: slot.StepBuild, State: slot.StepRunning, Detail: slot.WaitsForBuilds}}
			f.Ahead, f.Builds = []slot.Deployment{{ID: 11, Slot: "b", Steps: []slot.Step{{Name: slot.StepBuild, State: slot.StepRunning}}}, {ID: 10, Slot: "c"}}, 1
		}, "slot a is live; a deployment waits", []string{"waits for its build: one build runs at once.", "Deployment 11 of slot b builds now."}, "slot cancel a, to call it off"},
		"building": {func(f *slot.Facts) {
			f.Status.Deploying = deployment(slot.DeploymentRunning)
			f.Status.Deploying.Steps = []slot.Step{{Name: slot.StepBuild, State: slot.StepRunning}}
		}, "slot a is live; a deployment is under way", []string{"runs for 1m, now at the step build."}, "slot cancel a, to call it off"},
		"crashed": {func(f *slot.Facts) {
			f.Status.State, f.Status.LastExit, f.Status.Restarts = slot.StateCrashed, "exit status 1", 5
			f.Causes = []slot.Diagnostic{{Summary: "the app needs the variable KEY", Hint: "slot env set a KEY=..."}}
		}, "slot a is crashed: its process ends (exit status 1) again and again",
			[]string{"ended with exit status 1; it was started again 5 times.", "It is tried once a minute.", "The app needs the variable KEY."}, "slot env set a KEY=..."},
		"given up": {func(f *slot.Facts) {
			f.Status.State, f.Status.LastExit, f.Status.GaveUp, f.Config.MaxRestarts = slot.StateCrashed, "exit status 1", true, 3
		}, "slot a is crashed", []string{"max_restarts allows no more"}, "slot logs a"},
		"left where it ended": {func(f *slot.Facts) {
			f.Status.State, f.Status.LastExit, f.Status.GaveUp, f.Config.Restart = slot.StateCrashed, "exit status 1", true, slot.RestartNever
		}, "slot a is crashed: its process ends (exit status 1) and is left there", []string{"restart_policy is never"}, "slot logs a"},
		"about to start again": {func(f *slot.Facts) { f.Status.State, f.Status.LastExit = slot.StateBackoff, "signal: killed" },
			"slot a is about to start again", []string{"ended with signal: killed"}, "slot logs a"},
		"failed":  {func(f *slot.Facts) { f.Status.State = slot.StateFailed }, "slot a is failed: the live release could not be brought back", nil, "slot logs a"},
		"stopped": {func(f *slot.Facts) { f.Status.State, f.Desired = slot.StateStopped, slot.DesiredStopped }, "slot a is stopped by a person", []string{"is kept: no build"}, "slot start a"},
		"its work done": {func(f *slot.Facts) {
			f.Status.State, f.Status.LastExit, f.Config.Restart = slot.StateStopped, "exit status 0", slot.RestartOnFailure
		}, "slot a is stopped: its process came to its end", []string{"restart_policy is on-failure"}, "slot restart a"},
		"asleep": {func(f *slot.Facts) {
			f.Status.State, f.Config.SleepAfter = slot.StateAsleep, slot.Duration(10*time.Minute)
		}, "slot a is asleep: nobody asked for it", []string{"No request came for 10m0s"}, ""},
		"hung": {func(f *slot.Facts) {
			r := slot.Restart{At: ago(3 * time.Minute), Trigger: "liveness", Reason: "web of slot a does not answer"}
			f.Restarts = []slot.Restart{r, {At: ago(time.Hour), Trigger: "liveness"}, {At: ago(48 * time.Hour), Trigger: "processes"}}
		}, "slot a is live; slot had to start it anew", []string{"slot started it anew 3m ago: web of slot a does not answer (2 times within a day)."}, "slot logs a, for what it said before it hung"},
		"too much memory": {func(f *slot.Facts) {
			f.Config.MemoryLimit = 100 << 20
			f.Restarts = []slot.Restart{{At: ago(time.Hour), Trigger: "memory_limit", Reason: "web uses 120M of memory"}}
		}, "slot a is live", []string{"anew 1h ago: web uses 120M"}, "slot config set a.memory_limit=SIZE, if it needs more than 100M"},
		"near its limit": {func(f *slot.Facts) { f.Config.MemoryLimit, f.Status.MemoryKiB = 100<<20, 95<<10 },
			"slot a is live", []string{"It uses 95% of its memory_limit of 100M"}, "slot config set a.memory_limit=SIZE, if it needs more than 100M"},
		"an alert": {func(f *slot.Facts) {
			f.Status.Alerts = []slot.Alert{{Name: "cpu", Text: "processor time is at 99%", Since: ago(time.Minute)}}
		}, "slot a is live", []string{"An alert holds for 1m: processor time is at 99%."}, ""},
		"requests that fail": {func(f *slot.Facts) { f.Requests, f.Failures = 40, 12 },
			"slot a is live", []string{"Of the 40 requests of the last minutes 12 failed"}, "slot logs a --grep '(?i)error'"},
		"settings wait for a deployment": {func(f *slot.Facts) {
			f.Built = &slot.SlotConfig{Repository: f.Config.Repository}
			f.Config.Build.Command, f.Config.SleepAfter = "make", slot.Duration(time.Hour)
		}, "slot a is live", []string{"waiting for the next deployment: build.command."}, "slot deploy a"},
		"settings wait for a start": {func(f *slot.Facts) {
			f.Started = &slot.SlotConfig{}
			f.Config.CPULimit, f.Config.MemoryLimit = 0.5, 100<<20
			f.Limits.Limits = []slot.LimitInForce{{Name: "memory", By: "watch"}, {Name: "cpu", By: "nothing"}}
		}, "slot a is live", []string{"waiting for the next start: cpu_limit."}, "slot restart a"},
		"variables wait for a start": {func(f *slot.Facts) {
			f.Env = map[string]string{"OLD": "secret-1", "SAME": "x"}
			f.Config.Environment = map[string]string{"NEW": "secret-2", "SAME": "x"}
		}, "slot a is live", []string{"waiting for the next start: variables (NEW, OLD)."}, "slot restart a"},
		"a broken file": {func(f *slot.Facts) { f.Broken = "slots.json:3: unknown key" },
			"slot a is live", []string{"slots.json is not in force: slots.json:3: unknown key."}, "slot config validate"},
		"a push of another branch": {func(f *slot.Facts) {
			f.Passed = &slot.Passed{Number: 7, At: ago(time.Minute), Decision: slot.Decision{Verdict: slot.VerdictIgnore, Reason: "it follows dev"}}
		}, "slot a is live", []string{"The newest push of its repository, 1m ago, deployed nothing here: it follows dev."}, "slot webhook deliveries show 7, for what came and what was decided"},
		"a push that failed": {func(f *slot.Facts) {
			f.Passed = &slot.Passed{At: ago(time.Minute), Decision: slot.Decision{Verdict: slot.VerdictFail, Reason: "slots.json is broken"}}
		}, "slot a is live", []string{"could not be deployed: slots.json is broken."}, "slot webhook deliveries show 0, for what came and what was decided"},
		"its database is down": {func(f *slot.Facts) {
			f.Database = slot.DatabaseStatus{State: slot.DatabaseFailed, Error: "port 5432 is taken"}
		}, "slot a is live", []string{"PostgreSQL, which its DATABASE_URL leads to, does not run: port 5432 is taken."}, "slot db status"},
		"a lost keeper": {func(f *slot.Facts) { f.Status.KeeperLost = true }, "slot a is live", []string{"The keeper is lost"}, "slot up"},
	} {
		t.Run(name, func(t *testing.T) {
			x := slot.Explain(facts(c.change))
			all := strings.Join(x.Because, "\n")
			if !strings.HasPrefix(x.Summary, c.summary) {
				t.Errorf("summary %q, want %q", x.Summary, c.summary)
			}
			rest := all
			for _, want := range c.says {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Errorf("no %q, in its turn, in:\n%s", want, all)
				}
				rest = after
			}
			if first := strings.Join(x.Try[:min(1, len(x.Try))], ""); first != c.try {
				t.Errorf("try %q first, want %q", first, c.try)
			}
			if strings.Contains(all, "secret-") || strings.Contains(all, "hunter2") {
				t.Errorf("a value is shown: %s", all)
			}
			if slices.Contains(x.Because, "") || slices.Contains(x.Try, "") {
				t.Errorf("an empty line: %q %q", x.Because, x.Try)
			}
		})
	}
}
