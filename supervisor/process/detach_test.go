package process

import "testing"

func TestDetach_LeavesTheAppToAnother(t *testing.T) {
	s := newSpec(t, "rest")
	p, _ := start(t, s)
	p.Ready()
	said(t, s.Stdout, "up", 1)
	id := p.Snapshot().Identity
	p.Detach()
	p.Detach()
	closed(t, "Ended", p.Ended())
	if !alive(id.PID) {
		t.Fatal("it ended")
	}
	if _, err := p.Stop(t.Context()); err == nil {
		t.Error("Stop of a detached process claims that it is gone")
	}
	q, err := Adopt(s, id, (&book{}).observer(), quiet())
	if err != nil {
		t.Fatal(err)
	}
	if e := stop(t, q); !e.Known {
		t.Error("its parent does not know how it ended")
	}
	if _, ok := reap(id.PID); ok {
		t.Error("its parent did not reap it")
	}
}

func TestDetach_EndsAPause(t *testing.T) {
	p, _ := start(t, newSpec(t, "exit", "1"))
	p.Ready()
	eventually(t, "a pause", func() bool { return p.Snapshot().State == Backoff })
	p.Detach()
}
