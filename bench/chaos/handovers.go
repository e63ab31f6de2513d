package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"time"
)

func (s *suite) reload(ctx context.Context) (int, error) {
	for i := range s.some() {
		if _, err := s.slot("reload"); err != nil {
			return i, err
		}
		s.moment(ctx, 500*time.Millisecond)
	}
	return s.some(), s.lastGoodbye(ctx)
}

func (s *suite) upgrade(ctx context.Context) (int, error) {
	next := filepath.Join(s.dir, "next")
	if err := exec.Command("cp", s.program, next).Run(); err != nil {
		return 0, err
	}
	for i := range s.some() {
		if _, err := s.slot("upgrade", next); err != nil {
			return i, err
		}
		s.moment(ctx, 500*time.Millisecond)
	}
	return s.some(), s.lastGoodbye(ctx)
}

// lastGoodbye waits until the daemons that were replaced have gone, so that
// what they do to their visitors counts here.
func (s *suite) lastGoodbye(ctx context.Context) error {
	rest(ctx, 3*time.Second)
	return ctx.Err()
}
