package commands

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

// noon is when every screen was looked at.
var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// statuses has every state of a slot, so more than five.
func statuses() []slot.Status {
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	source := slot.Source{Repository: "https://github.com/you/blog", Commit: "3f9c2e1a77", Subject: "Fix the header"}
	last := func(a slot.Action, s slot.DeploymentState) *slot.Deployment {
		return &slot.Deployment{Action: a, State: s}
	}
	return []slot.Status{
		{Slot: "a", State: slot.StateLive, URL: "http://127.0.0.1:3001", Release: 7, Source: source, Since: ago(26 * time.Hour), MemoryKiB: 65 << 10, Last: last(slot.ActionDeploy, slot.DeploymentLive)},
		{Slot: "b", State: slot.StateLive, URL: "http://127.0.0.1:3002", Release: 12, Since: ago(40 * time.Second), MemoryKiB: 900, Deploying: &slot.Deployment{}, Last: last(slot.ActionRollback, slot.DeploymentLive)},
		{Slot: "c", State: slot.StateEmpty, URL: "http://127.0.0.1:3003", Since: ago(time.Minute)},
		{Slot: "d", State: slot.StateStarting, URL: "http://127.0.0.1:3004", Release: 1, Since: ago(0), Last: last(slot.ActionStart, slot.DeploymentRunning)},
		{Slot: "e", State: slot.StateBackoff, URL: "http://127.0.0.1:3005", Release: 2, Since: ago(5 * time.Second), Restarts: 3, Last: last(slot.ActionDeploy, slot.DeploymentLive)},
		{Slot: "a", State: slot.StateCrashed, URL: "http://127.0.0.1:3001", Release: 3, Since: ago(59 * time.Minute), Restarts: 41, Last: last(slot.ActionConfig, slot.DeploymentLive)},
		{Slot: "b", State: slot.StateStopped, URL: "http://127.0.0.1:3002", Release: 4, Source: source, Since: ago(9 * 24 * time.Hour), Last: last(slot.ActionDeploy, slot.DeploymentCanceled)},
		{Slot: "c", State: slot.StateFailed, URL: "http://127.0.0.1:3003", Release: 5, Last: last(slot.ActionStart, slot.DeploymentFailed)},
	}
}

// usages has a slot without anything, one at rest and one at its limits.
func usages() []slot.Usage {
	return []slot.Usage{
		{Slot: "a", State: slot.StateLive, Since: noon.Add(-26 * time.Hour), MemoryKiB: 65 << 10, CPUPercent: 3.2, RequestRate: 41.5, ErrorRate: 0.4, Requests: 186120, InFlight: 4, Processes: 1},
		{Slot: "b", State: slot.StateLive, Since: noon.Add(-time.Minute), MemoryKiB: 500 << 10, LimitKiB: 512 << 10, CPUPercent: 49.7, CPULimit: 0.5, Processes: 12, Restarts: 3},
		{Slot: "c", State: slot.StateEmpty, Since: noon.Add(-time.Minute)},
	}
}

func TestScreen_OfEveryTable(t *testing.T) {
	releases := api.Releases{Live: 2, Releases: []slot.Release{
		{ID: 3, Hook: "node", CreatedAt: noon.Add(-time.Minute), Source: slot.Source{Commit: "3f9c2e1a77", Branch: "main", Subject: "Fix the header"}},
		{ID: 2, Hook: "static", CreatedAt: noon.Add(-72 * time.Hour), Source: slot.Source{Local: true, Repository: "/home/you/site"}},
		{ID: 1, Hook: "procfile", CreatedAt: noon.Add(-30 * 24 * time.Hour), Source: slot.Source{Commit: "abc", Branch: "feature/größe", Subject: "Grüße\t\x1b[2J日本"}},
	}}
	env := map[string]string{
		"GREETING": "hello $USER", "EMPTY": "", "LINES": "one\ntwo\tthree", "BELL": "\x1b[2J\a", "API_KEY": "hunter2", "WORDS": "Grüße 日本",
	}
	hideSecrets(env)

	past := pastDeployments()
	no, cfg := false, slot.NewConfig()
	cfg.Slots["a"] = slot.SlotConfig{
		Repository: "https://you:hunter2@example.com/app", SPA: &no, Environment: env, StopTimeout: slot.Duration(5 * time.Second),
		Versions: map[string]string{"node": ">=20 <23"},
	}
	for name, table := range map[string]func() ([]string, [][]string){
		"config_show": func() ([]string, [][]string) {
			return settingsTable(append(shownSettings(&cfg, "a", 3001, false), shownSettings(&cfg, "b", 3002, false)...), false)
		},
		"history": func() ([]string, [][]string) { return historyTable(past, time.UTC) },
		"stats": func() ([]string, [][]string) {
			return statsTable([]slot.Statistics{slot.Summarize("a", past), slot.Summarize("b", past), {Slot: "c"}}, noon)
		},
		"stats_steps":  func() ([]string, [][]string) { return stepsTable(slot.Summarize("a", past).Steps) },
		"top":          func() ([]string, [][]string) { return topTable(usages(), noon) },
		"status":       func() ([]string, [][]string) { return statusTable(statuses(), noon) },
		"releases":     func() ([]string, [][]string) { return releasesTable(releases, noon) },
		"env_list":     func() ([]string, [][]string) { return envTable(env) },
		"hooks_list":   func() ([]string, [][]string) { return hooksTable(foundHooks()) },
		"hooks_detect": func() ([]string, [][]string) { return detectTable(answers()) },
	} {
		header, rows := table()
		for form, write := range map[string]func(*bytes.Buffer) error{
			"terminal": func(b *bytes.Buffer) error { return renderTable(b, header, rows) },
			"piped":    func(b *bytes.Buffer) error { return printTable(b, header, rows) },
		} {
			t.Run(name+"_"+form, func(t *testing.T) {
				var b bytes.Buffer
				if err := write(&b); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", "screen", name+"_"+form+".txt"), b.String())
			})
		}
	}
}

func TestScreen_OfAnInspection(t *testing.T) {
	live := statuses()[0]
	claims := []slot.Claim{{Name: "files", Holds: true, Text: "an app opens its own files"}, {Name: "signals", Text: "an app cannot signal others", Needs: "Linux 6.12"}}
	web := slot.ProcessRecord{Identity: slot.Identity{PID: 4121}, Release: 7, Type: "web", Port: 21873, StartedAt: noon.Add(-time.Hour), Sandbox: slot.SandboxOn}
	for name, in := range map[string]slot.Inspection{
		"on":     {Status: live, Processes: []slot.ProcessRecord{web}, Sandbox: slot.SandboxReport{Mode: slot.SandboxOn, Claims: claims, Writes: []string{"/tmp"}, Reads: []string{"/usr"}}},
		"off":    {Status: live, Sandbox: slot.SandboxReport{Mode: slot.SandboxOff}},
		"kernel": {Status: statuses()[2], Sandbox: slot.SandboxReport{Mode: slot.SandboxStrict, Reason: "it has no Landlock", Claims: claims[1:]}},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", "screen", "inspect_"+name+".txt"), inspection(in, noon))
		})
	}
}

func TestScreen_OfEveryProgress(t *testing.T) {
	for name, show := range map[string]func(*progress){"success": success, "failure": failure} {
		for form, p := range map[string]progress{
			"plain":  {width: 80},
			"color":  {width: 80, color: true, live: true},
			"narrow": {width: 40, live: true},
			"slot":   {width: 80, prefix: "a "},
		} {
			t.Run(name+"_"+form, func(t *testing.T) {
				var b bytes.Buffer
				p.w, p.mu = &b, new(sync.Mutex)
				show(&p)
				text := strings.NewReplacer("\x1b", "<ESC>", "\r", "<CR>").Replace(b.String())
				golden(t, filepath.Join("testdata", "screen", "progress_"+name+"_"+form+".txt"), text)
			})
		}
	}
}

func (p *progress) steps(steps ...slot.Step) {
	for _, s := range steps {
		begun := s
		begun.State, begun.Detail, begun.DurationMS = slot.StepRunning, "", 0
		p.event(slot.Event{Step: &begun})
		p.event(slot.Event{Step: &s})
	}
}

func fetched(p *progress) {
	p.steps(
		slot.Step{Name: slot.StepFetch, State: slot.StepDone, Detail: `3f9c2e1 "Fix the header"`, DurationMS: 120},
		slot.Step{Name: slot.StepDetect, State: slot.StepDone, Detail: "node · express (package.json, package-lock.json)", DurationMS: 31},
	)
	building := slot.Step{Name: slot.StepBuild, State: slot.StepRunning}
	p.event(slot.Event{Step: &building})
	p.event(slot.Event{Line: &slot.BuildLine{Stream: "stdout", Text: "added 68 packages in 2s"}})
	p.steps(slot.Step{Name: "build.install", State: slot.StepDone, Detail: "npm ci (dependencies from cache)", DurationMS: 2400})
}

func success(p *progress) {
	fetched(p)
	p.event(slot.Event{Diagnostic: &slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "node.engines", Summary: "node 20 was wanted, 22 is used",
		Hint: "set engines.node", File: "package.json", Line: 7,
	}})
	p.event(slot.Event{Step: &slot.Step{Name: slot.StepBuild, State: slot.StepDone, Detail: "node server.js", DurationMS: 2600}})
	p.steps(
		slot.Step{Name: slot.StepRelease, State: slot.StepDone, Detail: "none"},
		slot.Step{Name: slot.StepStart, State: slot.StepDone, Detail: "pid 4121 on 127.0.0.1:21873", DurationMS: 4},
		slot.Step{Name: slot.StepCheck, State: slot.StepDone, Detail: "GET / → 200 in 12 ms (2 of 2)", DurationMS: 300},
		slot.Step{Name: slot.StepSwitch, State: slot.StepDone, Detail: "release 7 is live", DurationMS: 2},
		slot.Step{Name: slot.StepDrain, State: slot.StepDone, Detail: "release 6 drained and stopped", DurationMS: 51},
		slot.Step{Name: slot.StepPrune, State: slot.StepDone, Detail: "5 kept, 1 removed", DurationMS: 9},
	)
	p.ended(slot.Deployment{State: slot.DeploymentLive, Release: 7, StartedAt: noon, EndedAt: noon.Add(3140 * time.Millisecond)})
}

func failure(p *progress) {
	fetched(p)
	p.event(slot.Event{Diagnostic: &slot.Diagnostic{
		Severity: slot.SeverityError, Code: "node.lock_out_of_sync", Summary: "package-lock.json does not match package.json",
		Hint: "npm install, and commit package-lock.json", File: "package-lock.json",
	}})
	p.event(slot.Event{Step: &slot.Step{Name: slot.StepBuild, State: slot.StepFailed, Detail: "npm ci failed: exit status 1", DurationMS: 1900}})
	p.ended(slot.Deployment{
		State: slot.DeploymentFailed, Previous: 6, Output: []string{"npm error code EUSAGE", "npm error Missing: is-number@7.0.0 from lock file"},
		Error: slot.AsError(slot.E(slot.KindKept, "npm install", errors.New("build failed: npm ci failed: exit status 1"))),
	})
}
