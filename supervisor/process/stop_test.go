package process

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestStop_LetsTheAppEndByItself(t *testing.T) {
	s := newSpec(t, "server")
	p, b := start(t, s)
	p.Ready()
	said(t, s.Stdout, "up", 1)
	if e := stop(t, p); e.String() != "exit status 0" {
		t.Errorf("ended with %v", e)
	}
	said(t, s.Stdout, "finished", 1)
	closed(t, "Ended", p.Ended())
	if want := []State{Starting, Running, Stopping, Ended}; !slices.Equal(b.states(), want) {
		t.Errorf("states %v, want %v", b.states(), want)
	}
}

func TestStop_KillsAfterTheGrace(t *testing.T) {
	s := newSpec(t, "deaf")
	s.StopTimeout = 50 * time.Millisecond
	p, _ := start(t, s)
	said(t, s.Stdout, "up", 1)
	if e := stop(t, p); e.Signal != syscall.SIGKILL || !e.Known || e.String() != "signal: killed" {
		t.Errorf("ended with %v", e)
	}
	noneMarked(t, s.ID)
}

func TestStop_LeavesTheGraceToTheWholeGroup(t *testing.T) {
	s := newSpec(t, "npm")
	p, _ := start(t, s)
	said(t, s.Stdout, "up", 2)
	if e := stop(t, p); e.Signal != syscall.SIGTERM {
		t.Errorf("ended with %v", e)
	}
	said(t, s.Stdout, "finished", 1)
	noneMarked(t, s.ID)
}

func TestStop_EndsWhatLeftTheSession(t *testing.T) {
	s := newSpec(t, "setsid")
	p, _ := start(t, s)
	pids := said(t, s.Stdout, "up", 2)
	stop(t, p)
	for _, text := range pids {
		if pid, _ := strconv.Atoi(text); alive(pid) {
			t.Errorf("%d lives on", pid)
		}
	}
}

func TestStop_GoesOnWithoutTheCaller(t *testing.T) {
	s := newSpec(t, "deaf")
	s.StopTimeout = 100 * time.Millisecond
	p, _ := start(t, s)
	said(t, s.Stdout, "up", 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	closed(t, "Ended", p.Ended())
}

func TestStop_EndsAPauseAtOnce(t *testing.T) {
	s := newSpec(t, "exit", "3")
	p, b := start(t, s)
	p.Ready()
	// The fifth exit in a row: the pause is seconds long, the stop is not.
	eventually(t, "a pause", func() bool { return p.Snapshot().State == Backoff })
	starts := b.starts()
	if e := stop(t, p); e.Code != 3 {
		t.Errorf("ended with %v", e)
	}
	if got := b.starts(); got != starts || p.Snapshot().State != Ended {
		t.Errorf("%d starts, were %d; now %v", got, starts, p.Snapshot().State)
	}
}

func TestStop_IsFineBesideACrash(t *testing.T) {
	for range 50 {
		s := newSpec(t, "rest")
		p, b := start(t, s)
		p.Ready()
		eventually(t, "Running", func() bool { return p.Snapshot().State == Running })
		var wg sync.WaitGroup
		wg.Go(func() { _ = syscall.Kill(p.Snapshot().Identity.PID, syscall.SIGKILL) })
		wg.Go(func() { stop(t, p) })
		wg.Go(func() { stop(t, p) })
		wg.Wait()
		if now := p.Snapshot(); now.State != Ended || now.LastExit.Signal == 0 || b.starts() > 2 {
			t.Fatalf("now %+v after %d starts", now, b.starts())
		}
		noneMarked(t, s.ID)
	}
}

func TestStop_StartsNothingWhenTheExitCameFirst(t *testing.T) {
	for range 5 { // which of the two is noticed first is up to chance
		s := newSpec(t, "exit", "0")
		p, b, r := waiting(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		p.Ready()
		if _, err := p.Stop(ctx); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		p.begin(machine{state: Running, policy: s.Policy, startedAt: time.Now()}, r)
		closed(t, "Ended", p.Ended())
		if b.starts() != 1 || !p.Snapshot().LastExit.Known {
			t.Fatalf("%d starts, %+v", b.starts(), p.Snapshot())
		}
	}
}

func TestReady_HoldsWhenTheExitIsNoticedTogether(t *testing.T) {
	for range 5 {
		s := newSpec(t, "exit", "0")
		p, b, r := waiting(t, s)
		p.Ready()
		p.begin(machine{state: Starting, policy: s.Policy, startedAt: time.Now()}, r)
		eventually(t, "a restart", func() bool { return b.starts() > 1 })
		stop(t, p)
	}
}

// waiting is a process whose run has ended and whose goroutine does not run yet.
func waiting(t *testing.T, s Spec) (*Process, *book, *running) {
	t.Helper()
	b := &book{}
	p := newProcess(s, b.observer(), quiet())
	r, err := p.spawn()
	if err != nil {
		t.Fatal(err)
	}
	closed(t, "the exit", r.done)
	return p, b, r
}
