package process

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func listen(t *testing.T) (net.Listener, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, l.Addr().(*net.TCPAddr).Port
}

func TestPorts_GivesNoneTwiceAndNoneThatIsTaken(t *testing.T) {
	_, held := listen(t)
	first := held - 5
	ports := NewPorts(first, held+5)
	ports.Reserve(first)
	var given []int
	var err error
	for port := 0; err == nil; {
		if port, err = ports.Take(); err == nil {
			if port < first || port > held+5 || port == held || port == first || slices.Contains(given, port) {
				t.Fatalf("gave %d after %v; %d is taken, %d reserved", port, given, held, first)
			}
			given = append(given, port)
		}
	}
	var e *slot.Error
	if !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("no hint with %v", err)
	}
	if len(given) == 0 {
		t.Fatal("gave none")
	}
	ports.Release(0)
	ports.Release(given[0])
	if port, err := ports.Take(); port != given[0] {
		t.Errorf("gave %d, %v, want %d that was given back", port, err, given[0])
	}
}

func TestWaitPort_WaitsUntilNobodyListens(t *testing.T) {
	l, port := listen(t)
	free := make(chan error, 1)
	go func() { free <- waitPort(t.Context(), port, nil, nil) }()
	select {
	case err := <-free:
		t.Fatalf("did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	l.Close()
	select {
	case err := <-free:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("waits on")
	}
}

func TestWaitPort_IsCalledOff(t *testing.T) {
	_, port := listen(t)
	open := make(chan struct{})
	close(open)
	for _, port := range []int{0, port} {
		if err := waitPort(t.Context(), port, open, nil); !errors.Is(err, errCalledOff) {
			t.Errorf("port %d, stopped: %v", port, err)
		}
		if err := waitPort(t.Context(), port, nil, open); !errors.Is(err, errCalledOff) {
			t.Errorf("port %d, detached: %v", port, err)
		}
	}
}

func TestStart_GivesUpOnATakenPort(t *testing.T) {
	s := newSpec(t, "rest")
	_, s.Port = listen(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	b := &book{}
	if _, err := Start(ctx, s, b.observer(), quiet()); !errors.Is(err, context.DeadlineExceeded) || len(b.recorded()) != 0 {
		t.Errorf("got %v, recorded %v", err, b.recorded())
	}
}

func TestListening_FindsThePortOfAnApp(t *testing.T) {
	s := newSpec(t, "listen")
	p, _ := start(t, s)
	want, err := strconv.Atoi(said(t, s.Stdout, "port", 1)[0])
	if err != nil {
		t.Fatal(err)
	}
	listen(t) // ours is not the app's
	if got, err := Listening(p.Snapshot().Identity); err != nil || !slices.Equal(got, []int{want}) {
		t.Errorf("got %v, %v, want [%d]", got, err, want)
	}
	if got := Commands(p.Snapshot().Identity); len(got) != 1 || !strings.Contains(got[0], "process.test") {
		t.Errorf("the commands are %q", got)
	}
	stop(t, p)
	if got, err := Listening(p.Snapshot().Identity); err != nil || len(got) != 0 {
		t.Errorf("an ended app listens on %v, %v", got, err)
	}
}
