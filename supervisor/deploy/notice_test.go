package deploy

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// told keeps what would be sent.
type told struct{ notices []slot.Notice }

func (s *told) Send(address string, n slot.Notice, _ func(error)) { s.notices = append(s.notices, n) }

func notifying(t *testing.T) (*lane, *told) {
	t.Helper()
	l, s := idle(t), &told{}
	l.e.Notify = s
	err := l.e.Store.UpdateConfig(func(c *slot.Config) error {
		c.Slots["a"] = slot.SlotConfig{
			Environment: map[string]string{"GREETING": "a plain value"},
			Monitoring:  slot.MonitoringConfig{NotifyURL: "https://chat.example.com/s3cret"},
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l, s
}

func TestNoteDeployment_TellsWhatOthersWantToKnow(t *testing.T) {
	for _, tt := range []struct {
		name   string
		action slot.Action
		state  slot.DeploymentState
		want   slot.NoticeEvent
	}{
		{"a deployment", slot.ActionDeploy, slot.DeploymentLive, slot.NoticeLive},
		{"a promotion", slot.ActionPromote, slot.DeploymentLive, slot.NoticeLive},
		{"changed variables", slot.ActionConfig, slot.DeploymentLive, slot.NoticeLive},
		{"a rollback", slot.ActionRollback, slot.DeploymentLive, slot.NoticeRolledBack},
		{"a rollback that failed", slot.ActionRollback, slot.DeploymentFailed, slot.NoticeFailed},
		{"a restart", slot.ActionRestart, slot.DeploymentLive, ""},
		{"a start that failed", slot.ActionStart, slot.DeploymentFailed, slot.NoticeFailed},
		{"one that was called off", slot.ActionDeploy, slot.DeploymentCanceled, ""},
		{"one that a newer took the place of", slot.ActionDeploy, slot.DeploymentSuperseded, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, s := notifying(t)
			l.noteDeployment(slot.Deployment{ID: 3, Slot: "a", Action: tt.action, State: tt.state, Release: 1})
			if tt.want == "" {
				if len(s.notices) != 0 {
					t.Errorf("told %+v", s.notices)
				}
				return
			}
			if len(s.notices) != 1 || s.notices[0].Event != tt.want || s.notices[0].Deployment != 3 || s.notices[0].Slot != "a" || s.notices[0].URL == "" {
				t.Errorf("told %+v", s.notices)
			}
		})
	}
}

func TestNotice_HoldsNoVariablesValue(t *testing.T) {
	l, s := notifying(t)
	err := slot.E(slot.KindKept, "echo a plain value", errors.New("the hook \"echo a plain value https://chat.example.com/s3cret\" failed"))
	l.noteDeployment(slot.Deployment{Action: slot.ActionDeploy, State: slot.DeploymentFailed, Error: slot.AsError(err)})
	e := s.notices[0].Error
	if text := e.Error() + e.Hint; strings.Contains(text, "plain") || strings.Contains(text, "s3cret") || e.Kind != slot.KindKept {
		t.Errorf("told %q, %q", e, e.Hint)
	}
}

func TestCrashes_AreNewsOnce(t *testing.T) {
	var c crashes
	now := time.Now()
	see := func(state process.State, after time.Duration) bool {
		now = now.Add(after)
		s := process.Snapshot{State: state, Since: now}
		if state != process.Running {
			s.LastExit = process.Exit{At: now, Known: true, Code: 1}
		}
		return c.news(s)
	}
	for i, tt := range []struct {
		state process.State
		after time.Duration
		want  bool
	}{
		{process.Starting, 0, false}, {process.Running, 0, false},
		{process.Backoff, time.Second, false}, {process.Running, time.Second, false},
		{process.Crashed, time.Second, true},
		{process.Running, time.Minute, false}, {process.Crashed, time.Second, false}, // tried again: no news
		{process.Running, time.Minute, false}, {process.Backoff, time.Hour, false}, // a healthy hour
		{process.Running, time.Second, false}, {process.Crashed, time.Second, true},
	} {
		if got := see(tt.state, tt.after); got != tt.want {
			t.Errorf("%d: %s is news: %v", i, tt.state, got)
		}
	}
}

func TestObserver_TellsOfACrashOnce(t *testing.T) {
	l, s := notifying(t)
	changed := l.observer(slot.Release{ID: 4, Slot: "a"}, &proc{id: "web.4.1", typ: slot.ProcessWeb}).Changed
	for range 2 {
		now := time.Now()
		changed(process.Snapshot{State: process.Running, Since: now})
		changed(process.Snapshot{State: process.Crashed, Since: now, LastExit: process.Exit{At: now, Known: true, Code: 3}})
	}
	if len(s.notices) != 1 || s.notices[0].Event != slot.NoticeCrashed || s.notices[0].Release != 4 ||
		!strings.Contains(s.notices[0].Error.Error(), "exit status 3") || s.notices[0].Error.Hint != "slot logs a" {
		t.Errorf("told %+v", s.notices)
	}
}
