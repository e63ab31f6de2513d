package deploy

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func line(n int) slot.Event {
	return slot.Event{Line: &slot.BuildLine{Text: strconv.Itoa(n)}}
}

func ended() slot.Event {
	return slot.Event{Deployment: &slot.Deployment{State: slot.DeploymentLive}}
}

// followed collects the numbers of the lines that a follower sees.
func followed(ctx context.Context, f *feed, pause <-chan struct{}) (numbers []int, last slot.Event, err error) {
	err = f.follow(ctx, func(ev slot.Event) error {
		if pause != nil {
			<-pause
		}
		if ev.Line != nil {
			n, err := strconv.Atoi(ev.Line.Text)
			numbers = append(numbers, n)
			return err
		}
		last = ev
		return nil
	})
	return numbers, last, err
}

func inOrder(t *testing.T, numbers []int, want int) {
	t.Helper()
	if len(numbers) != want {
		t.Fatalf("%d lines, want %d", len(numbers), want)
	}
	for i, n := range numbers {
		if n != i {
			t.Fatalf("line %d is number %d", i, n)
		}
	}
}

func TestFeed_ShowsASlowFollowerEveryEventInOrder(t *testing.T) {
	const lines = 200
	f := newFeed()
	pause, done := make(chan struct{}), make(chan struct{})
	var numbers []int
	var last slot.Event
	go func() {
		defer close(done)
		numbers, last, _ = followed(t.Context(), f, pause)
	}()
	for n := range lines {
		f.send(line(n))
		if n%10 == 0 {
			pause <- struct{}{} // ten times slower than the sender
		}
	}
	f.send(ended())
	f.send(line(lines)) // after the end nothing is taken
	close(pause)
	<-done
	inOrder(t, numbers, lines)
	if last.Deployment == nil {
		t.Error("the end was not shown")
	}
}

func TestFeed_ShowsEverythingToWhoComesAfterTheEnd(t *testing.T) {
	f := newFeed()
	for n := range 3 {
		f.send(line(n))
	}
	f.send(ended())
	for range 2 {
		numbers, last, err := followed(t.Context(), f, nil)
		inOrder(t, numbers, 3)
		if err != nil || last.Deployment == nil {
			t.Errorf("last %+v, %v", last, err)
		}
	}
}

func TestFeed_BoundsTheOutputAndKeepsTheEnd(t *testing.T) {
	f := newFeed()
	long := strings.Repeat("x", 64<<10)
	for range 1000 {
		f.send(slot.Event{Line: &slot.BuildLine{Text: long}})
	}
	f.send(slot.Event{Deployment: &slot.Deployment{State: slot.DeploymentLive}})
	size, ended := 0, false
	err := f.follow(t.Context(), func(ev slot.Event) error {
		if ev.Line != nil {
			size += len(ev.Line.Text)
		}
		ended = ev.Deployment != nil
		return nil
	})
	if err != nil || size == 0 || size > maxFeed || !ended {
		t.Errorf("got %d bytes, the end %v, %v", size, ended, err)
	}
}

func TestFeed_EndsWithItsFollower(t *testing.T) {
	f := newFeed()
	f.send(line(0))
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, _, err := followed(ctx, f, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	broken := errors.New("broken pipe")
	if err := f.follow(t.Context(), func(slot.Event) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
