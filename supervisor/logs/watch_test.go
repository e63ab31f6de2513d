package logs_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/slot-paas/slot/supervisor/logs"
)

func TestWatch_EndsWithTheErrorOfSend(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	say(t, l, "one")
	gone := errors.New("gone")
	if err := l.Watch(t.Context(), logs.Query{}, func([]logs.Line, logs.Cursor) error { return gone }); err != gone {
		t.Errorf("got %v", err)
	}
}

func TestWatch_GivesEveryFollowerEveryLine(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	var followers sync.WaitGroup
	counts := make([]int, 10)
	var ready sync.WaitGroup
	say(t, l, "start")
	for i := range counts {
		ready.Add(1)
		followers.Go(func() {
			err := l.Watch(t.Context(), logs.Query{}, func(lines []logs.Line, _ logs.Cursor) error {
				if counts[i] == 0 {
					ready.Done()
				}
				counts[i] += len(lines)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	ready.Wait()
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for i := range 250 {
				say(t, l, fmt.Sprint(i))
			}
		})
	}
	writers.Wait()
	l.Close()
	followers.Wait()
	for i, n := range counts {
		if n != 1001 {
			t.Errorf("follower %d saw %d lines", i, n)
		}
	}
}
