package webhook_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/internal/github/githubtest"
	"github.com/slot-paas/slot/slot"
)

func TestReport_TellsGitHubWhatBecomesOfTheCommit(t *testing.T) {
	started := time.Now()
	base := slot.Deployment{
		ID: 1, Slot: "a", State: slot.DeploymentRunning, URL: "https://blog.example.com", StartedAt: started,
		EndedAt: started.Add(1500 * time.Millisecond), Source: slot.Source{Commit: two},
	}
	ended := func(change func(*slot.Deployment)) *slot.Deployment {
		d := base
		change(&d)
		return &d
	}
	for _, tt := range []struct {
		name string
		end  *slot.Deployment
		want string
	}{
		{"live", ended(func(d *slot.Deployment) { d.State, d.Release = slot.DeploymentLive, 7 }), "success release 7 is live after 1.5 s"},
		{"failed", ended(func(d *slot.Deployment) {
			d.State, d.Error = slot.DeploymentFailed, slot.AsError(errors.New("the build failed: exit status 1"))
		}), "failure the build failed: exit status 1"},
		{"failed for a known cause", ended(func(d *slot.Deployment) {
			d.State, d.Error = slot.DeploymentFailed, slot.AsError(errors.New("the build failed"))
			d.Diagnostics = []slot.Diagnostic{{Severity: slot.SeverityWarning, Summary: "old"}, {Severity: slot.SeverityError, Summary: "the lock file is out of step"}}
		}), "failure the lock file is out of step"},
		{"failed at length", ended(func(d *slot.Deployment) {
			d.State, d.Error = slot.DeploymentFailed, slot.AsError(errors.New(strings.Repeat("long ", 100)))
		}), "failure " + strings.Repeat("long ", 27) + "long…"},
		{"skipped", ended(func(d *slot.Deployment) { d.State, d.Reason = slot.DeploymentSkipped, "nothing new" }), "success nothing new"},
		{"canceled", ended(func(d *slot.Deployment) { d.State = slot.DeploymentCanceled }), "error canceled"},
		{"cut short", ended(func(d *slot.Deployment) { d.State, d.CutShort = slot.DeploymentCanceled, true }), ""},
		{"superseded", ended(func(d *slot.Deployment) { d.State = slot.DeploymentSuperseded }), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gh := githubtest.New()
			defer gh.Close()
			d := openWith(t, gh.URL, githubtest.Token)
			if err := d.store.UpdateConfig(func(c *slot.Config) error { c.Slots["b"] = slot.SlotConfig{}; return nil }); err != nil {
				t.Fatal(err)
			}
			queued, running := base, base // with a commit that is only said to come
			queued.State, queued.Source.Commit = slot.DeploymentQueued, one
			fetched := slot.Step{Name: slot.StepFetch, State: slot.StepDone}
			built := slot.Step{Name: slot.StepBuild, State: slot.StepDone}
			for _, ev := range []slot.Event{{Deployment: &queued}, {Deployment: &running}, {Step: &fetched}, {Step: &built}, {Deployment: tt.end}} {
				d.events <- ev
			}
			close(d.events)
			if got := d.github(t, "push", push()); got.status != 202 {
				t.Fatalf("answered %d %s", got.status, got)
			}
			want := []string{"pending being built and checked"}
			if tt.want != "" {
				want = append(want, tt.want)
			}
			var got []string
			for deadline := time.Now().Add(5 * time.Second); len(got) < len(want) && time.Now().Before(deadline); <-time.After(5 * time.Millisecond) {
				got = nil
				for _, s := range gh.Statuses() {
					if s["sha"] != two || s["context"] != "slot/a" || s["target_url"] != base.URL {
						t.Errorf("set %v", s)
					}
					got = append(got, fmt.Sprint(s["state"], " ", s["description"]))
				}
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("set\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}
