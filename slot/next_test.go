package slot_test

import (
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestNext_IsTheCommandThatHelps(t *testing.T) {
	failed := &slot.Deployment{ID: 7, State: slot.DeploymentFailed}
	for _, tt := range []struct {
		name   string
		status slot.Status
		want   string
	}{
		{"empty", slot.Status{State: slot.StateEmpty}, "slot deploy a URL"},
		{"set, not deployed", slot.Status{State: slot.StateEmpty, Configured: true}, "slot deploy a"},
		{"the first one failed", slot.Status{State: slot.StateEmpty, Configured: true, Last: failed}, "slot explain a"},
		{"live", slot.Status{State: slot.StateLive, Configured: true, Last: &slot.Deployment{State: slot.DeploymentLive}}, ""},
		{"live, a later one failed", slot.Status{State: slot.StateLive, Last: failed}, "slot explain a"},
		{"being deployed", slot.Status{State: slot.StateLive, Last: failed, Deploying: &slot.Deployment{}}, ""},
		{"stopped", slot.Status{State: slot.StateStopped}, "slot start a"},
		{"about to be restarted", slot.Status{State: slot.StateBackoff}, "slot explain a"},
		{"crashed", slot.Status{State: slot.StateCrashed}, "slot explain a"},
		{"not brought back", slot.Status{State: slot.StateFailed}, "slot explain a"},
		{"asleep", slot.Status{State: slot.StateAsleep}, ""},
	} {
		tt.status.Slot = "a"
		if got := tt.status.Next(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
