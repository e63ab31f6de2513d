package process

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestNext_ObeysItsTable(t *testing.T) {
	now := time.Unix(1000, 0)
	ready, exit, timer, stop := event{kind: evReady}, event{kind: evExit}, event{kind: evTimer}, event{kind: evStop}
	restart := event{kind: evRestart}
	clean := event{kind: evExit, clean: true}
	young, old := now.Add(-time.Second), now.Add(-healthyAfter)
	for _, row := range []struct {
		name string
		m    machine
		ev   event
		want machine
		act  action
	}{
		{"Ready ends the start", machine{state: Starting}, ready, machine{state: Running}, action{}},
		{"Ready does not undo a stop", machine{state: Stopping}, ready, machine{state: Stopping}, action{}},
		{"an exit while starting is final", machine{state: Starting}, exit, machine{state: Ended}, action{}},
		{"the first exit restarts at once", machine{state: Running, startedAt: young}, exit,
			machine{state: Running, startedAt: now, exits: 1, restarts: 1}, action{kind: actStart}},
		{"the second waits a second", machine{state: Running, startedAt: young, exits: 1}, exit,
			machine{state: Backoff, startedAt: young, exits: 2}, action{actWait, time.Second}},
		{"the fifth waits eight", machine{state: Running, startedAt: young, exits: 4}, exit,
			machine{state: Backoff, startedAt: young, exits: 5}, action{actWait, 8 * time.Second}},
		{"the sixth is a crash", machine{state: Running, startedAt: young, exits: 5}, exit,
			machine{state: Crashed, startedAt: young, exits: 6}, action{actWait, time.Minute}},
		{"a crashed one that fails again stays crashed", machine{state: Running, startedAt: young, exits: 9}, exit,
			machine{state: Crashed, startedAt: young, exits: 10}, action{actWait, time.Minute}},
		{"within max_restarts the first exit restarts at once", machine{state: Running, most: 1, startedAt: young}, exit,
			machine{state: Running, most: 1, startedAt: now, exits: 1, restarts: 1}, action{kind: actStart}},
		{"one more than max_restarts gives up", machine{state: Running, most: 2, startedAt: young, exits: 2}, exit,
			machine{state: Crashed, most: 2, startedAt: young, exits: 3, gaveUp: true}, action{}},
		{"a healthy minute gives max_restarts anew", machine{state: Running, most: 1, startedAt: old, exits: 1, restarts: 1}, exit,
			machine{state: Running, most: 1, startedAt: now, exits: 1, restarts: 2}, action{kind: actStart}},
		{"stop ends one that gave up", machine{state: Crashed, gaveUp: true}, stop, machine{state: Ended, gaveUp: true}, action{}},
		{"a healthy minute forgets", machine{state: Running, startedAt: old, exits: 9, restarts: 9}, exit,
			machine{state: Running, startedAt: now, exits: 1, restarts: 10}, action{kind: actStart}},
		{"always restarts after a clean exit", machine{state: Running, policy: slot.RestartAlways, startedAt: old}, clean,
			machine{state: Running, policy: slot.RestartAlways, startedAt: now, exits: 1, restarts: 1}, action{kind: actStart}},
		{"on-failure does not", machine{state: Running, policy: slot.RestartOnFailure}, clean,
			machine{state: Ended, policy: slot.RestartOnFailure}, action{}},
		{"on-failure restarts after a failure", machine{state: Running, policy: slot.RestartOnFailure, startedAt: young}, exit,
			machine{state: Running, policy: slot.RestartOnFailure, startedAt: now, exits: 1, restarts: 1}, action{kind: actStart}},
		{"never does not", machine{state: Running, policy: slot.RestartNever}, exit,
			machine{state: Ended, policy: slot.RestartNever}, action{}},
		{"the end of a pause restarts", machine{state: Backoff, exits: 2, restarts: 1}, timer,
			machine{state: Running, startedAt: now, exits: 2, restarts: 2}, action{kind: actStart}},
		{"a crashed one is tried again", machine{state: Crashed, exits: 6, restarts: 5}, timer,
			machine{state: Running, startedAt: now, exits: 6, restarts: 6}, action{kind: actStart}},
		{"stop sends TERM", machine{state: Running}, stop, machine{state: Stopping}, action{kind: actTerm}},
		{"stop sends TERM while starting", machine{state: Starting}, stop, machine{state: Stopping}, action{kind: actTerm}},
		{"stop ends a pause", machine{state: Backoff}, stop, machine{state: Ended}, action{}},
		{"stop ends a crashed one", machine{state: Crashed}, stop, machine{state: Ended}, action{}},
		{"a second stop changes nothing", machine{state: Stopping}, stop, machine{state: Stopping}, action{}},
		{"the end of the grace kills", machine{state: Stopping}, timer, machine{state: Stopping}, action{kind: actKill}},
		{"restart sends TERM", machine{state: Running, exits: 3}, restart, machine{state: Restarting, exits: 3}, action{kind: actTerm}},
		{"restart starts again after the exit, whatever the policy", machine{state: Restarting, policy: slot.RestartNever, exits: 3}, exit,
			machine{state: Running, policy: slot.RestartNever, startedAt: now, exits: 3, restarts: 1}, action{kind: actStart}},
		{"the end of the grace kills what is to restart", machine{state: Restarting}, timer, machine{state: Restarting}, action{kind: actKill}},
		{"stop goes before restart", machine{state: Restarting}, stop, machine{state: Stopping}, action{}},
		{"restart does not undo a stop", machine{state: Stopping}, restart, machine{state: Stopping}, action{}},
		{"restart ends a pause", machine{state: Backoff, exits: 4}, restart, machine{state: Running, startedAt: now, restarts: 1}, action{kind: actStart}},
		{"restart revives one that gave up", machine{state: Crashed, gaveUp: true, exits: 9}, restart,
			machine{state: Running, startedAt: now, restarts: 1}, action{kind: actStart}},
		{"restart leaves a start alone", machine{state: Starting}, restart, machine{state: Starting}, action{}},
		{"an exit ends the stop", machine{state: Stopping, policy: slot.RestartAlways}, exit,
			machine{state: Ended, policy: slot.RestartAlways}, action{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			m, act := next(row.m, row.ev, now, 0.5)
			if m != row.want || act != row.act {
				t.Errorf("got %+v %+v, want %+v %+v", m, act, row.want, row.act)
			}
		})
	}
}

func TestNext_SpreadsPausesByATenth(t *testing.T) {
	m := machine{state: Running, exits: 4}
	_, low := next(m, event{kind: evExit}, time.Time{}, 0)
	_, high := next(m, event{kind: evExit}, time.Time{}, 1)
	if low.after != 7200*time.Millisecond || high.after != 8800*time.Millisecond {
		t.Errorf("pauses from %v to %v, want 7.2s to 8.8s", low.after, high.after)
	}
}

func TestNext_CrashLoopMakesFewStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := machine{state: Running, startedAt: time.Now()}
		// crash lets each run last for d and returns the pause before the next.
		crash := func(d time.Duration) time.Duration {
			time.Sleep(d)
			var act action
			m, act = next(m, event{kind: evExit}, time.Now(), 0.5)
			if act.kind == actWait {
				time.Sleep(act.after)
				m, _ = next(m, event{kind: evTimer}, time.Now(), 0.5)
			}
			return act.after
		}
		const s = time.Second
		for i, want := range []time.Duration{0, 1 * s, 2 * s, 4 * s, 8 * s, time.Minute, time.Minute, time.Minute} {
			if got := crash(10 * time.Millisecond); got != want {
				t.Errorf("pause %d is %v, want %v", i+1, got, want)
			}
		}
		if m.restarts != 8 {
			t.Errorf("%d restarts, want 8", m.restarts)
		}
		for i, want := range []time.Duration{0, 1 * s} { // the first run is a healthy one
			if got := crash(time.Minute >> (8 * i)); got != want {
				t.Errorf("after a healthy minute pause %d is %v, want %v", i+1, got, want)
			}
		}
	})
}
