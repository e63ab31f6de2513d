package logs_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/supervisor/logs"
)

func TestFollow_SendsTheLastLinesAndThenNewOnes(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{MaxBytes: 300, Ring: 5})
	say(t, l, "one", "two", "three")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var got []string
	err := l.Follow(ctx, 2, func(lines []logs.Line) error {
		got = append(got, texts(lines)...)
		if n := len(got); n < 40 { // over several rotations
			say(t, l, fmt.Sprint("new ", n))
		} else {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	want := []string{"two", "three"}
	for n := 2; n < 40; n++ {
		want = append(want, fmt.Sprint("new ", n))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFollow_TellsASlowFollowerWhatItMissed(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{Ring: 100})
	say(t, l, "first")
	const total = 20000 // about 3 MiB, more than is kept
	seen, skipped, next := 0, 0, 0
	err := l.Follow(t.Context(), 1, func(lines []logs.Line) error {
		for _, line := range lines {
			if line.Stream == logs.Slot {
				n, err := strconv.Atoi(strings.Fields(strings.Trim(line.Text, "[]"))[0])
				if err != nil || !strings.HasSuffix(line.Text, " lines skipped]") || line.Time.IsZero() {
					t.Errorf("got note %+v", line)
				}
				skipped += n
				next += n
				continue
			}
			if seen > 0 && !strings.HasPrefix(line.Text, fmt.Sprint(next, " ")) {
				t.Fatalf("got %.20q, want line %d", line.Text, next)
			}
			if seen > 0 {
				next++
			}
			seen++
		}
		if seen == 1 { // while this send takes its time
			for i := range total {
				say(t, l, fmt.Sprint(i, " ", strings.Repeat("x", 100)))
			}
			l.Close()
		}
		return nil
	})
	if err != nil || seen-1+skipped != total || skipped == 0 {
		t.Errorf("saw %d and skipped %d of %d, %v", seen-1, skipped, total, err)
	}
}

func TestFollow_EndsWithTheErrorOfSend(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	say(t, l, "one")
	gone := errors.New("gone")
	if err := l.Follow(t.Context(), 1, func([]logs.Line) error { return gone }); err != gone {
		t.Errorf("got %v", err)
	}
}

func TestFollow_GivesEveryFollowerEveryLine(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	var followers sync.WaitGroup
	counts := make([]int, 10)
	var ready sync.WaitGroup
	say(t, l, "start")
	for i := range counts {
		ready.Add(1)
		followers.Go(func() {
			err := l.Follow(t.Context(), 1, func(lines []logs.Line) error {
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
