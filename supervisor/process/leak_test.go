package process

import (
	"os"
	"runtime"
	"testing"
)

func TestProcess_LeaksNothing(t *testing.T) {
	cycle := func() {
		s := newSpec(t, "rest")
		p, b := start(t, s)
		p.Ready()
		said(t, s.Stdout, "up", 1)
		kill(t, p.Snapshot().Identity.PID)
		eventually(t, "a restart", func() bool { return b.starts() == 2 && p.Snapshot().Restarts == 1 })
		id := p.Snapshot().Identity
		p.Detach()
		if q, err := Adopt(s, id, b.observer(), quiet()); err != nil {
			t.Error(err)
		} else {
			stop(t, q)
		}
		reap(id.PID)
		s.Argv[0] = "/no/such/tool"
		if _, err := Start(t.Context(), s, b.observer(), quiet()); err == nil {
			t.Error("it started")
		}
	}
	cycle() // the first opens what stays open: the poller
	fds, goroutines := openFiles(t), runtime.NumGoroutine()
	for range 5 {
		cycle()
	}
	eventually(t, "as many descriptors and goroutines as before", func() bool {
		return openFiles(t) <= fds && runtime.NumGoroutine() <= goroutines
	})
}

func openFiles(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}
