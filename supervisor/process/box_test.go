package process

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"testing"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

func TestStart_TakesTheBoxThatWasMadeAhead(t *testing.T) {
	calls := 0
	s := newSpec(t, "rest")
	s.Box = func() (*sandbox.Box, error) {
		calls++
		return s.Sandbox.Prepare()
	}
	start(t, s)
	said(t, s.Stdout, "up", 1)
	if calls != 1 {
		t.Errorf("it was asked for %d times", calls)
	}
}

func TestStart_DropsTheBoxOfAStartThatFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ended, end := context.WithCancel(t.Context())
	end()
	broken := errors.New("broken")
	for name, change := range map[string]func(*Spec, *Observer){
		"its port is taken":       func(s *Spec, _ *Observer) { s.Port = l.Addr().(*net.TCPAddr).Port },
		"there is no program":     func(s *Spec, _ *Observer) { s.Argv = []string{"nowhere"} },
		"it is not written down":  func(_ *Spec, o *Observer) { o.Record = func(slot.Identity) error { return broken } },
		"the box cannot be made":  func(s *Spec, _ *Observer) { s.Sandbox = nil },
		"the program is a folder": func(s *Spec, _ *Observer) { s.Argv = []string{s.Dir} },
	} {
		t.Run(name, func(t *testing.T) {
			calls, s, obs := 0, newSpec(t, "rest"), Observer{Record: func(slot.Identity) error { return nil }, Changed: func(Snapshot) {}}
			change(&s, &obs)
			s.Box = func() (*sandbox.Box, error) {
				if calls++; name == "the box cannot be made" {
					return nil, broken
				}
				return s.Sandbox.Prepare()
			}
			if _, err := Start(ended, s, obs, slog.New(slog.DiscardHandler)); err == nil {
				t.Error("it started")
			}
			if calls != 1 {
				t.Errorf("the box was asked for %d times", calls)
			}
		})
	}
}
