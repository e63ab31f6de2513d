package admin

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/logs"
)

func TestGather_SendsInBatchesAndEndsWhenTheBrowserGoes(t *testing.T) {
	bring := func(n int) func(func(logs.Line) error) error {
		return func(line func(logs.Line) error) error {
			for range n {
				if err := line(logs.Line{Time: time.Now(), Text: "x"}); err != nil {
					return err
				}
			}
			return nil
		}
	}
	calls, lines := 0, 0
	err := gather(t.Context(), func(m message) error {
		calls, lines = calls+1, lines+len(m.Lines)
		<-time.After(time.Millisecond) // as a browser takes
		return nil
	}, bring(20_000))
	if err != nil || lines != 20_000 || calls > 2_000 {
		t.Errorf("%d lines in %d batches, %v", lines, calls, err)
	}
	gone := errors.New("gone")
	err = gather(context.Background(), func(message) error { return gone }, bring(50_000))
	if !errors.Is(err, gone) {
		t.Errorf("the browser went: %v", err)
	}
}
