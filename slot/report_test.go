package slot_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestReport_InWords(t *testing.T) {
	source := slot.Source{Repository: "https://me:secret@example.com/me/blog.git", Commit: "3f9c2e1aaaaaaa"}
	failed := &slot.Deployment{Action: slot.ActionDeploy, State: slot.DeploymentFailed, Error: slot.AsError(errors.New("no"))}
	for want, s := range map[string]slot.Status{
		"empty":                               {State: slot.StateEmpty},
		"live · blog@3f9c2e1":                 {State: slot.StateLive, Source: source},
		"live, deploying · blog@3f9c2e1":      {State: slot.StateLive, Source: source, Deploying: &slot.Deployment{}},
		"live · blog@3f9c2e1 · deploy failed": {State: slot.StateLive, Source: source, Last: failed},
		"empty · deploy failed":               {State: slot.StateEmpty, Last: failed},
		"live · app":                          {State: slot.StateLive, Source: slot.Source{Repository: "/home/me/app/"}},
		"stopped · mono/web":                  {State: slot.StateStopped, Source: slot.Source{Repository: "git@host:mono.git", Root: "web"}},
	} {
		if got := strings.Join(slot.ReportOf(s).Words(), " · "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if r := slot.ReportOf(slot.Status{Source: source}); strings.Contains(r.Repository, "secret") {
		t.Errorf("the password is in %q", r.Repository)
	}
}

func TestReport_Failing(t *testing.T) {
	failed := &slot.Deployment{State: slot.DeploymentFailed}
	for name, c := range map[string]struct {
		s    slot.Status
		want bool
	}{
		"live":                {slot.Status{State: slot.StateLive}, false},
		"crashed":             {slot.Status{State: slot.StateCrashed}, true},
		"live, deploy failed": {slot.Status{State: slot.StateLive, Last: failed}, true},
		"stopped by a person": {slot.Status{State: slot.StateStopped, Last: failed}, false},
		"never there, failed": {slot.Status{State: slot.StateEmpty, Last: failed}, true},
	} {
		if got := slot.ReportOf(c.s).Failing(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
