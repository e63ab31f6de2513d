package store_test

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/slot"
)

func aProcess() []slot.ProcessRecord {
	return []slot.ProcessRecord{{
		Identity: slot.Identity{ID: "web.7.x", PID: 12, StartTime: 34, BootID: "b"},
		Release:  7, Type: "web", Port: 20001, StartedAt: time.Unix(1_800_000_000, 0).UTC(), Sandbox: slot.SandboxOn,
	}}
}

func TestUpdateProcesses_KeepsWhatRuns(t *testing.T) {
	s := open(t, t.TempDir())
	want := aProcess()
	if err := s.UpdateProcesses("b", aProcess); err != nil {
		t.Fatal(err)
	}
	s.Processes("b")[0].PID = 98 // a reader's copy
	s = reopen(t, s)
	if diff := cmp.Diff(want, s.Processes("b")); diff != "" {
		t.Error(diff)
	}
	if got := s.Processes("a"); len(got) > 0 {
		t.Errorf("a has %v", got)
	}
	if err := s.UpdateProcesses("b", func() []slot.ProcessRecord { return nil }); err != nil {
		t.Fatal(err)
	}
	if got := reopen(t, s).Processes("b"); len(got) > 0 {
		t.Errorf("b still has %v", got)
	}
	wantKind(t, s.UpdateProcesses("f", aProcess), slot.KindNotFound)
}

func TestUpdateProcesses_FailsOnceClosed(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantKind(t, s.UpdateProcesses("b", aProcess), slot.KindFailed)
}

func TestProcesses_AreThoseOfTheStateThatAnEarlierSlotWrote(t *testing.T) {
	s := open(t, t.TempDir())
	old := `{"desired": "running", "release": 7, "last_release": 7, "processes": [{"id": "web.7.x", "pid": 12, "start_time": 34,
		"boot_id": "b", "release": 7, "type": "web", "port": 20001, "started_at": "2027-01-15T08:00:00Z", "sandbox": "on"}]}`
	if err := os.WriteFile(s.Layout().State("b"), []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s)
	if diff := cmp.Diff(aProcess(), s.Processes("b")); diff != "" {
		t.Error(diff)
	}
	if s.State("b").Release != 7 {
		t.Errorf("the state is %+v", s.State("b"))
	}
	// Once there are new ones, they count: the old ones are in the state still.
	if err := s.UpdateProcesses("b", func() []slot.ProcessRecord { return []slot.ProcessRecord{} }); err != nil {
		t.Fatal(err)
	}
	if got := reopen(t, s).Processes("b"); len(got) > 0 {
		t.Errorf("b still has %v", got)
	}
}

func TestProcesses_AreNoneAfterALossOfPower(t *testing.T) {
	s := open(t, t.TempDir())
	for _, left := range []string{"", "\x00\x00\x00\x00", `[{"id": "web`} {
		if err := os.WriteFile(s.Layout().Processes("b"), []byte(left), 0o600); err != nil {
			t.Fatal(err)
		}
		s = reopen(t, s)
		if got := s.Processes("b"); len(got) > 0 {
			t.Errorf("%q: b has %v", left, got)
		}
	}
}
