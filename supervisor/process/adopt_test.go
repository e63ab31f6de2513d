package process

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// orphan starts the app of s by a first daemon and kills that with KILL. The
// app then has a parent that reaps, as under the real keeper.
func orphan(t *testing.T, s Spec) slot.Identity {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	first := newSpec(t) // for its output files
	out, err := os.OpenFile(first.Stdout, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	keeper := exec.Command(os.Args[0], "keeper", string(text))
	keeper.Env, keeper.Stdout, keeper.Stderr = s.Env, out, os.Stderr
	if err := keeper.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = keeper.Process.Kill()
		_ = keeper.Wait()
	})
	var id slot.Identity
	if err := json.Unmarshal([]byte(said(t, first.Stdout, "identity", 1)[0]), &id); err != nil {
		t.Fatal(err)
	}
	st, err := readStat(id.PID)
	if err != nil {
		t.Fatal(err)
	}
	kill(t, st.parent)
	eventually(t, "the keeper is its parent", func() bool {
		st, err := readStat(id.PID)
		return err == nil && st.parent == keeper.Process.Pid
	})
	return id
}

func TestAdopt_TakesOverAnOrphan(t *testing.T) {
	for _, row := range []struct {
		name string
		id   func(slot.Identity) slot.Identity
	}{
		{"by its number", func(id slot.Identity) slot.Identity { return id }},
		{"by its marker", func(id slot.Identity) slot.Identity { return slot.Identity{ID: id.ID, BootID: id.BootID} }},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newSpec(t, "setsid")
			id := orphan(t, s)
			said(t, s.Stdout, "up", 2)
			b := &book{}
			p, err := Adopt(s, row.id(id), b.observer(), quiet())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { stop(t, p) })
			if now := p.Snapshot(); now.State != Running || now.Identity != id || len(b.recorded()) != 1 || b.recorded()[0] != id {
				t.Errorf("adopted %+v, recorded %+v, want %+v", now, b.recorded(), id)
			}
			kill(t, id.PID)
			said(t, s.Stdout, "up", 4)
			eventually(t, "the new run", func() bool { return p.Snapshot().Restarts == 1 })
			if e := p.Snapshot().LastExit; e.Known && e.Signal != syscall.SIGKILL {
				t.Errorf("the orphan ended with %v", e)
			}
			if e := stop(t, p); e.Signal != syscall.SIGTERM {
				t.Errorf("the new run ended with %v", e)
			}
			noneMarked(t, s.ID)
		})
	}
}

func TestAdopt_StopsAnOrphan(t *testing.T) {
	s := newSpec(t, "setsid")
	id := orphan(t, s)
	said(t, s.Stdout, "up", 2)
	p, err := Adopt(s, id, (&book{}).observer(), quiet())
	if err != nil {
		t.Fatal(err)
	}
	if e := stop(t, p); e.Known && e.Signal != syscall.SIGTERM {
		t.Errorf("ended with %v", e)
	}
	closed(t, "Exited", p.Exited())
	noneMarked(t, s.ID)
}

func TestAdopt_RefusesAnother(t *testing.T) {
	s := newSpec(t, "rest")
	p, _ := start(t, s)
	id := p.Snapshot().Identity
	for _, row := range []struct {
		name   string
		change func(*slot.Identity)
	}{
		{"start time", func(id *slot.Identity) { id.StartTime++ }},
		{"boot", func(id *slot.Identity) { id.BootID = "another" }},
		{"number", func(id *slot.Identity) { id.PID = 1 << 30 }},
		{"marker", func(id *slot.Identity) { id.PID, id.ID = 0, id.ID+".no" }},
	} {
		t.Run(row.name, func(t *testing.T) {
			id := id
			row.change(&id)
			b := &book{}
			if _, err := Adopt(s, id, b.observer(), quiet()); !errors.Is(err, ErrGone) || len(b.recorded()) != 0 {
				t.Errorf("got %v, recorded %v", err, b.recorded())
			}
		})
	}
}

func TestAdopt_LeavesWhatCannotBeRecorded(t *testing.T) {
	s := newSpec(t, "rest")
	p, _ := start(t, s)
	b := &book{refuse: func(slot.Identity) error { return syscall.ENOSPC }}
	if _, err := Adopt(s, p.Snapshot().Identity, b.observer(), quiet()); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	if !alive(p.Snapshot().Identity.PID) {
		t.Error("it was killed")
	}
}
