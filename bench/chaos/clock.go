package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// jumpClock moves the machine's clock forwards and backwards, in mid
// deployment; nobody may notice. It is moved for all programs, so only on
// demand, and is right again afterwards.
func (s *suite) jumpClock(ctx context.Context) (n int, err error) {
	if !s.clock {
		s.skipped = append(s.skipped, "a jump of the wall clock: -clock moves the machine's, for all that runs on it, and needs root")
		return 0, nil
	}
	right := time.Now() // time.Since counts by the monotonic clock, which does not jump
	defer func() { err = errors.Join(err, setClock(right.Add(time.Since(right)))) }()
	for _, by := range []time.Duration{2 * time.Hour, -2 * time.Hour, time.Minute, -time.Minute} {
		if _, err := s.slot("deploy", "b", s.appFolder(), "--detach"); err != nil {
			return n, err
		}
		s.moment(ctx, 200*time.Millisecond)
		if err := setClock(right.Add(time.Since(right) + by)); err != nil {
			return n, err
		}
		n++
		if err := until("an end of the deployment", s.nothingUnderWay); err != nil {
			return n, err
		}
		if _, err := s.slot("deploy", "b", s.appFolder()); err != nil {
			return n, err
		}
		s.ended += 2
	}
	return n, s.sensibleTimes()
}

// sensibleTimes looks for deployments that took less than nothing, or hours.
func (s *suite) sensibleTimes() error {
	out, err := s.slot("history", "b", "--limit", "8", "--json")
	if err != nil {
		return err
	}
	var all []struct {
		ID      int64     `json:"id"`
		Started time.Time `json:"started_at"`
		Ended   time.Time `json:"ended_at"`
	}
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		return err
	}
	for _, d := range all {
		if took := d.Ended.Sub(d.Started); took < 0 || took > patience {
			return fmt.Errorf("deployment %d took %v, says the history", d.ID, took)
		}
	}
	return nil
}

func setClock(t time.Time) error {
	ts := unix.NsecToTimespec(t.UnixNano())
	if err := unix.ClockSettime(unix.CLOCK_REALTIME, &ts); err != nil {
		return fmt.Errorf("cannot move the clock: %w", err)
	}
	return nil
}
