package process

import (
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestExit_WhileStartingIsFinal(t *testing.T) {
	p, b := start(t, newSpec(t, "exit", "7"))
	closed(t, "Exited", p.Exited())
	if now := p.Snapshot(); now.LastExit.Code != 7 || now.State != Ended || now.Identity.PID != 0 {
		t.Errorf("when Exited is closed the snapshot is %+v", now)
	}
	closed(t, "Ended", p.Ended())
	if b.starts() != 1 {
		t.Errorf("%d starts", b.starts())
	}
}

func TestCrash_RestartsAtOnceAndOnce(t *testing.T) {
	s := newSpec(t, "rest")
	p, b := start(t, s)
	p.Ready()
	said(t, s.Stdout, "up", 1)
	old := p.Snapshot().Identity
	kill(t, old.PID)
	said(t, s.Stdout, "up", 2)
	eventually(t, "the new run", func() bool { return p.Snapshot().Identity != old })
	now := p.Snapshot()
	if now.State != Running || now.Restarts != 1 || now.LastExit.Signal != syscall.SIGKILL || b.starts() != 2 {
		t.Errorf("now %+v after %d starts", now, b.starts())
	}
	for _, state := range b.states() {
		if state == Backoff {
			t.Error("there was a pause")
		}
	}
	closed(t, "Exited", p.Exited())
}

func TestCrash_LoopPausesAfterTheSecond(t *testing.T) {
	p, b := start(t, newSpec(t, "exit", "1"))
	p.Ready()
	eventually(t, "a pause", func() bool { return p.Snapshot().State == Backoff })
	if b.starts() != 2 || p.Snapshot().Restarts != 1 {
		t.Errorf("%d starts and %+v before the first pause", b.starts(), p.Snapshot())
	}
}

func TestCrash_EndsGrandchildrenBeforeTheRestart(t *testing.T) {
	for _, program := range []string{"parent", "setsid"} {
		t.Run(program, func(t *testing.T) {
			s := newSpec(t, program)
			var left []int
			b := &book{}
			seen := false
			b.refuse = func(id slot.Identity) error {
				if id.PID == 0 && seen { // the moment before the restart
					left = Marked(id.ID)
				}
				seen = true
				return nil
			}
			p, err := Start(t.Context(), s, b.observer(), quiet())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { stop(t, p) })
			p.Ready()
			said(t, s.Stdout, "up", 2)
			kill(t, p.Snapshot().Identity.PID)
			said(t, s.Stdout, "up", 4)
			stop(t, p)
			if len(left) != 0 {
				t.Errorf("%v ran when it was started again", left)
			}
			noneMarked(t, s.ID)
		})
	}
}

func TestPolicy_SaysWhichExitsRestart(t *testing.T) {
	for _, row := range []struct {
		name     string
		policy   slot.RestartPolicy
		code     string
		restarts bool
	}{
		{"always after a clean exit", slot.RestartAlways, "0", true},
		{"on-failure after a clean exit", slot.RestartOnFailure, "0", false},
		{"on-failure after a failure", slot.RestartOnFailure, "1", true},
		{"never after a failure", slot.RestartNever, "1", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newSpec(t, "exit", row.code)
			s.Policy = row.policy
			p, b, r := waiting(t, s)
			p.begin(machine{state: Running, policy: s.Policy, startedAt: time.Now()}, r)
			t.Cleanup(func() { stop(t, p) })
			if row.restarts {
				eventually(t, "a restart", func() bool { return b.starts() > 1 })
				return
			}
			closed(t, "Ended", p.Ended())
			if b.starts() != 1 {
				t.Errorf("%d starts", b.starts())
			}
		})
	}
}

func TestRestart_ThatFailsIsTriedAgain(t *testing.T) {
	s := newSpec(t, "rest")
	p, b := start(t, s)
	p.Ready()
	said(t, s.Stdout, "up", 1)
	b.mu.Lock()
	failed := false
	b.refuse = func(slot.Identity) error {
		if failed {
			return nil
		}
		failed = true
		return syscall.ENOSPC
	}
	b.mu.Unlock()
	kill(t, p.Snapshot().Identity.PID)
	eventually(t, "a pause", func() bool { return p.Snapshot().State == Backoff })
	if e := p.Snapshot().LastExit; !strings.Contains(e.String(), "no space left") {
		t.Errorf("the snapshot says %v", e)
	}
	said(t, s.Stdout, "up", 2)
}

func TestRestart_IsCalledOffWhileItWaitsForThePort(t *testing.T) {
	for _, row := range []struct {
		name string
		end  func(*Process)
	}{
		{"by Stop", func(p *Process) { stop(t, p) }},
		{"by Detach", func(p *Process) { p.Detach() }},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newSpec(t, "exit", "4")
			p, b, r := waiting(t, s)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			p.spec.Port = l.Addr().(*net.TCPAddr).Port
			p.begin(machine{state: Running, policy: s.Policy, startedAt: time.Now()}, r)
			row.end(p)
			closed(t, "Ended", p.Ended())
			if now := p.Snapshot(); b.starts() != 1 || now.LastExit.Err != nil {
				t.Errorf("%d starts, %+v", b.starts(), now)
			}
		})
	}
}

func TestRestart_IsNotMadeAfterAStop(t *testing.T) {
	b := &book{}
	p := newProcess(newSpec(t, "rest"), b.observer(), quiet())
	o := &owner{Process: p, m: machine{state: Running}, stop: p.stop.opened}
	p.stop.open()
	o.start()
	if o.m.state != Ended || b.starts() != 0 || o.last.Err != nil {
		t.Errorf("%d starts, now %+v after %v", b.starts(), o.m, o.last)
	}
}

func TestRestart_EndsTheRunAndBeginsAnother(t *testing.T) {
	s := newSpec(t, "deaf")
	s.StopTimeout, s.Policy = 20*time.Millisecond, slot.RestartNever
	p, _ := start(t, s)
	p.Ready()
	old := said(t, s.Stdout, "up", 1)
	p.Restart()
	p.Restart() // asked for twice at once
	now := said(t, s.Stdout, "up", 2)
	if old[0] == now[1] {
		t.Error("it is the same process")
	}
	eventually(t, "the new run", func() bool { return p.Snapshot().State == Running && p.Snapshot().Restarts > 0 })
	if e := stop(t, p); e.Signal != syscall.SIGKILL {
		t.Errorf("ended with %v", e)
	}
}

func TestMaxRestarts_GivesUpForGood(t *testing.T) {
	s := newSpec(t, "exit", "3")
	s.MaxRestarts = 1
	p, b, r := waiting(t, s)
	p.begin(machine{state: Running, policy: s.Policy, most: s.MaxRestarts, startedAt: time.Now()}, r)
	eventually(t, "the end of its tries", func() bool { return p.Snapshot().GaveUp })
	if now := p.Snapshot(); now.State != Crashed || now.Restarts != 1 || b.starts() != 2 || now.LastExit.Code != 3 {
		t.Errorf("%d starts, %+v", b.starts(), now)
	}
	stop(t, p)
}
