package webhook_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestDecide_SaysForEachSlotOfTheRepositoryWhatAndWhy(t *testing.T) {
	repository := func(name, page, branch string) func(map[string]any) {
		return set("repository", map[string]any{"full_name": name, "html_url": page, "default_branch": branch})
	}
	message := func(text string) func(map[string]any) {
		return set("head_commit", map[string]any{"message": text, "author": map[string]any{"name": "Ada"}})
	}
	for _, tt := range []struct {
		name   string
		change []func(map[string]any)
		status int
		want   string
	}{
		{"the branch of both", nil, 202, "a deploy; b deploy"},
		{"another spelling", []func(map[string]any){repository("ME/App", "https://GitHub.com/ME/App", "main")}, 202, "a deploy; b deploy"},
		{"an installation of one's own", []func(map[string]any){repository("me/app", "https://git.example.com/me/app", "main")}, 202, "a deploy; b deploy"},
		{"another host", []func(map[string]any){repository("me/app", "https://gitlab.com/me/app", "main")}, 200, "no slot has the repository me/app"},
		{"another repository", []func(map[string]any){repository("you/app", "https://github.com/you/app", "main")}, 200, "no slot has the repository you/app"},
		{"the default branch is another", []func(map[string]any){repository("me/app", "", "dev")}, 202, "a deploy; b ignore it follows dev"},
		{"no default branch told", []func(map[string]any){repository("me/app", "", "")}, 202, "a deploy; b ignore its host does not say which branch is the default one; slot config set b.branch=main"},
		{"another branch", []func(map[string]any){set("ref", "refs/heads/feature/main")}, 200, "a ignore it follows main; b ignore it follows main"},
		{"the branch in another case", []func(map[string]any){set("ref", "refs/heads/Main")}, 200, "a ignore it follows main; b ignore it follows main"},
		{"a tag with the branch's name", []func(map[string]any){set("ref", "refs/tags/main")}, 200, "a ignore tags deploy nothing; b ignore tags deploy nothing"},
		{"a note", []func(map[string]any){set("ref", "refs/notes/commits")}, 200, "a ignore tags deploy nothing; b ignore tags deploy nothing"},
		{"deleted", []func(map[string]any){set("deleted", true), set("after", zeros), set("head_commit", nil)}, 200, "a ignore the branch was deleted; what runs stays; b ignore the branch was deleted; what runs stays"},
		{"deleted, told by zeros alone", []func(map[string]any){set("after", zeros)}, 200, "a ignore the branch was deleted; what runs stays; b ignore the branch was deleted; what runs stays"},
		{"created", []func(map[string]any){set("created", true), set("before", zeros)}, 202, "a deploy; b deploy"},
		{"forced", []func(map[string]any){set("forced", true)}, 202, "a deploy; b deploy"},
		{"SHA-256", []func(map[string]any){set("after", strings.Repeat("2", 64)), set("before", strings.Repeat("1", 64))}, 202, "a deploy; b deploy"},
		{"[skip ci]", []func(map[string]any){message("x [skip ci]")}, 200, "a ignore the commit says [skip ci]; b ignore the commit says [skip ci]"},
		{"[ci skip]", []func(map[string]any){message("x\n\nlong\n[CI Skip]")}, 200, "a ignore the commit says [ci skip]; b ignore the commit says [ci skip]"},
		{"[no ci]", []func(map[string]any){message("[no ci] x")}, 200, "a ignore the commit says [no ci]; b ignore the commit says [no ci]"},
		{"[skip deploy]", []func(map[string]any){message("[skip deploy]")}, 200, "a ignore the commit says [skip deploy]; b ignore the commit says [skip deploy]"},
		{"skip what else", []func(map[string]any){message("skip ci")}, 202, "a deploy; b deploy"},
		{"a field that nobody knows", []func(map[string]any){set("new", map[string]any{"x": []int{1}})}, 202, "a deploy; b deploy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t)
			got := d.github(t, "push", push(tt.change...))
			if got.status != tt.status || got.String() != tt.want {
				t.Errorf("answered %d %q, want %d %q", got.status, got, tt.status, tt.want)
			}
			want := int64(strings.Count(tt.want, " deploy;") + strings.Count(tt.want, " deploy\n"))
			if strings.HasSuffix(tt.want, " deploy") {
				want++
			}
			if d.asked.Load() != want {
				t.Errorf("%d deployments were asked for, want %d", d.asked.Load(), want)
			}
		})
	}
}

func TestDecide_LeavesStoppedSlotsAndThoseDeployedByHandAlone(t *testing.T) {
	d := open(t)
	no := false
	if err := d.store.UpdateConfig(func(c *slot.Config) error {
		b := c.Slots["b"]
		b.Deployment.OnPush = &no
		c.Slots["b"] = b
		c.Slots["c"] = slot.SlotConfig{Repository: "/srv/me/app"}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.store.UpdateState("a", func(s *slot.SlotState) error { s.Desired = slot.DesiredStopped; return nil }); err != nil {
		t.Fatal(err)
	}
	want := "a ignore it is stopped; slot deploy a brings the newest commit; b ignore deployment.on_push is false; c ignore it has a folder, which is deployed by hand"
	if got := d.github(t, "push", push()); got.status != 200 || got.String() != want {
		t.Errorf("answered %d %q", got.status, got)
	}
}

func TestTake_ARedeliveryAfterAFailureGoesThrough(t *testing.T) {
	for state, again := range map[slot.DeploymentState]bool{
		slot.DeploymentQueued: false, slot.DeploymentRunning: false, slot.DeploymentLive: false, slot.DeploymentSkipped: false,
		slot.DeploymentSuperseded: false, slot.DeploymentFailed: true, slot.DeploymentCanceled: true,
	} {
		t.Run(string(state), func(t *testing.T) {
			d := open(t)
			got := d.github(t, "push", push(), "X-GitHub-Delivery", "same")
			was, _ := d.store.Deployment(got.Decisions[0].Deployment)
			was.State = state
			if err := d.store.SaveDeployment(was); err != nil {
				t.Fatal(err)
			}
			got = d.github(t, "push", push(), "X-GitHub-Delivery", "same")
			if deploys := got.Decisions[0].Verdict == slot.VerdictDeploy; deploys != again {
				t.Errorf("answered %d %s", got.status, got)
			}
			if got.Decisions[1].Verdict != slot.VerdictDuplicate { // slot b's is queued
				t.Errorf("slot b: %s", got)
			}
		})
	}
}

func TestTake_TellsTheHostWhatCannotBeBegun(t *testing.T) {
	d := open(t)
	d.fails = errors.New("slots.json is broken")
	got := d.github(t, "push", push())
	if got.status != 500 || got.String() != "a fail slots.json is broken; b fail slots.json is broken" {
		t.Errorf("answered %d %q", got.status, got)
	}
	d.fails = nil
	if got := d.github(t, "push", push()); got.status != 202 {
		t.Errorf("once more: %d %q", got.status, got)
	}
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	if got := d.github(t, "push", push(set("after", one))); got.status != 500 && got.status != 503 {
		t.Errorf("what cannot be written down was answered %d", got.status)
	}
}

func TestReplay_DecidesAnewWithTodaysConfiguration(t *testing.T) {
	d := open(t)
	if got := d.github(t, "push", push(set("ref", "refs/heads/dev"))); got.status != 200 {
		t.Fatalf("answered %d %s", got.status, got)
	}
	d.github(t, "ping", `{"zen":"x"}`)
	if err := d.store.UpdateConfig(func(c *slot.Config) error {
		a := c.Slots["a"]
		a.Branch = "dev"
		c.Slots["a"] = a
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for want := int64(1); want <= 2; want++ { // a person wants it each time
		got, err := d.Replay(1)
		if err != nil || got.Replay != 1 || got.Decisions[0].Verdict != slot.VerdictDeploy || d.asked.Load() != want {
			t.Errorf("got %+v, %v; %d asked for", got, err, d.asked.Load())
		}
	}
	if _, err := d.Replay(2); slot.AsError(err).Kind != slot.KindUsage {
		t.Errorf("a ping: %v", err)
	}
	if _, err := d.Replay(99); slot.AsError(err).Kind != slot.KindNotFound {
		t.Errorf("an unknown one: %v", err)
	}
}

func TestReceive_TakesBothSecretsWhileRotating(t *testing.T) {
	d := open(t)
	old := d.secret
	keys, err := d.store.RotateWebhook()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{old, keys.Secret} {
		d.secret = secret
		if got := d.github(t, "ping", `{"zen":"x"}`); got.status != 200 {
			t.Errorf("answered %d", got.status)
		}
	}
	if _, err := d.store.FinishWebhook(); err != nil {
		t.Fatal(err)
	}
	d.secret = old
	if got := d.github(t, "ping", `{"zen":"x"}`); got.status != 401 {
		t.Errorf("the old secret still answered %d", got.status)
	}
}
