package webhook_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
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

// The token is of one host, and only that host's repositories are told of: on
// another a repository may have the same name.
func TestReport_GivesTheTokenToItsOwnHost(t *testing.T) {
	for host, want := range map[string]int{"127.0.0.1": 1, "github.com": 0, "git.example.com": 0, "": 0} {
		gh := githubtest.New()
		defer gh.Close()
		api := httptest.NewServer(http.StripPrefix("/api/v3", gh.Config.Handler)) // GitHub Enterprise Server's address
		defer api.Close()
		d := openWith(t, api.URL+"/api/v3", githubtest.Token)
		if err := d.store.UpdateConfig(func(c *slot.Config) error {
			c.Slots = map[slot.Name]slot.SlotConfig{"a": {Repository: "git@work:me/app", Branch: "main"}}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		end := slot.Deployment{ID: 1, Slot: "a", State: slot.DeploymentLive, Source: slot.Source{Commit: two}}
		d.events <- slot.Event{Deployment: &end}
		close(d.events)
		page := ""
		if host != "" {
			page = "https://" + host + "/me/app"
		}
		d.github(t, "push", push(set("repository", map[string]any{"full_name": "me/app", "html_url": page, "default_branch": "main"})))
		if want > 0 {
			until(t, "GitHub is told", func() bool { return len(gh.Statuses()) > 0 })
		}
		d.Receiver.Close() // what is told of is told by then
		if got := len(gh.Statuses()); got != want {
			t.Errorf("a push from %q told %d times, want %d", host, got, want)
		}
	}
}
