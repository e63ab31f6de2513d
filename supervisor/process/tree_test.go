package process

import (
	"os/exec"
	"strconv"
	"testing"
)

func TestKill_EndsTheTreeOfAnEarlierDaemon(t *testing.T) {
	s := newSpec(t, "setsid")
	p, _ := start(t, s)
	said(t, s.Stdout, "up", 2)
	id := p.Snapshot().Identity
	p.Detach()
	defer reap(id.PID)
	other := id
	other.BootID = "another boot"
	if err := Kill(other); err != nil || len(Marked(s.ID)) != 2 {
		t.Errorf("%v: a record of another boot killed something", err)
	}
	if err := Kill(id); err != nil {
		t.Error(err)
	}
	noneMarked(t, s.ID)
	if err := Kill(id); err != nil {
		t.Errorf("the second time: %v", err)
	}
}

func TestKill_SparesStrangersWithTheSameNumber(t *testing.T) {
	s := newSpec(t, "parent")
	p, _ := start(t, s)
	said(t, s.Stdout, "up", 2)
	old := p.Snapshot().Identity
	old.ID += ".old"
	old.StartTime--
	if err := Kill(old); err != nil {
		t.Error(err)
	}
	if left := Marked(s.ID); len(left) != 2 {
		t.Errorf("only %v live on", left)
	}
}

func TestKill_EndsAGroupWithoutItsLeaderAndMarker(t *testing.T) {
	s := newSpec(t, "parent")
	p, _ := start(t, s)
	pids := said(t, s.Stdout, "up", 2)
	id := p.Snapshot().Identity
	p.Detach()
	kill(t, id.PID)
	reap(id.PID)
	id.ID = "unknown"
	if err := Kill(id); err != nil {
		t.Error(err)
	}
	for _, text := range pids {
		if pid, _ := strconv.Atoi(text); alive(pid) {
			t.Errorf("%d lives on", pid)
		}
	}
}

func TestTree_TakesDescendantsWithoutTheMarker(t *testing.T) {
	stats := map[int]stat{10: {parent: 1}, 11: {parent: 10}, 12: {parent: 11}, 20: {parent: 1}, 30: {parent: 31}, 31: {parent: 30}}
	for pid, want := range map[int]bool{11: true, 12: true, 20: false, 30: false, 99: false} {
		if got := descends(pid, map[int]bool{10: true}, stats); got != want {
			t.Errorf("%d: %v", pid, got)
		}
	}
}

func TestNewestPID_TellsOfEveryStart(t *testing.T) {
	before := newestPID()
	if before == "" {
		t.Skip("this kernel does not tell")
	}
	if err := exec.Command("true").Run(); err != nil {
		t.Fatal(err)
	}
	if now := newestPID(); now == before {
		t.Errorf("a process was started, and the newest is still %s", now)
	}
}
