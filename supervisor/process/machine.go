package process

import (
	"time"

	"github.com/slot-paas/slot/slot"
)

// State is where a process stands.
type State string

// The states.
const (
	Starting State = "starting" // runs, and has not answered yet; an exit is final
	Running  State = "running"
	Backoff  State = "backoff"  // ended; a restart is due
	Crashed  State = "crashed"  // ended again and again; tried once a minute
	Stopping State = "stopping" // told to end
	Ended    State = "ended"    // will not run again
)

// The numbers of the restart policy. The first restart is at once, as the
// fastest supervisors do it; then the pause doubles, so that a crash loop
// costs next to nothing. A healthy minute forgets what was.
const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
	healthyAfter = time.Minute
	crashedAfter = 5 // exits in a row
	jitter       = 0.1
)

// machine is the whole state of a process's supervision, without the process.
type machine struct {
	state     State
	policy    slot.RestartPolicy
	startedAt time.Time // of the last run
	exits     int       // in a row, each less than healthyAfter after its start
	restarts  int
}

type eventKind int

const (
	evReady eventKind = iota
	evExit
	evTimer
	evStop
)

type event struct {
	kind  eventKind
	clean bool // evExit: with status 0
}

type actionKind int

const (
	actNone  actionKind = iota
	actStart            // run the program
	actWait             // set the timer
	actTerm             // TERM, and set the timer to the grace
	actKill
)

type action struct {
	kind  actionKind
	after time.Duration
}

// next is the state machine: what the event makes of m, and what is to be
// done. random lies in [0,1) and spreads the restarts of several apps.
func next(m machine, ev event, now time.Time, random float64) (machine, action) {
	switch ev.kind {
	case evReady:
		if m.state == Starting {
			m.state = Running
		}
	case evStop:
		return stopping(m)
	case evTimer:
		switch m.state {
		case Backoff, Crashed:
			return started(m, now)
		case Stopping:
			return m, action{kind: actKill}
		}
	case evExit:
		return exited(m, ev, now, random)
	}
	return m, action{}
}

func stopping(m machine) (machine, action) {
	switch m.state {
	case Starting, Running:
		m.state = Stopping
		return m, action{kind: actTerm}
	case Backoff, Crashed:
		m.state = Ended
	}
	return m, action{}
}

func started(m machine, now time.Time) (machine, action) {
	m.state, m.startedAt = Running, now
	m.restarts++
	return m, action{kind: actStart}
}

func exited(m machine, ev event, now time.Time, random float64) (machine, action) {
	if m.state == Stopping || m.state == Starting ||
		m.policy == slot.RestartNever || m.policy == slot.RestartOnFailure && ev.clean {
		m.state = Ended
		return m, action{}
	}
	if now.Sub(m.startedAt) >= healthyAfter {
		m.exits = 0
	}
	m.exits++
	if m.exits > crashedAfter {
		m.state = Crashed
		return m, action{kind: actWait, after: maxBackoff}
	}
	if m.exits == 1 {
		return started(m, now)
	}
	m.state = Backoff
	pause := min(firstBackoff<<(m.exits-2), maxBackoff)
	pause += time.Duration((2*random - 1) * jitter * float64(pause))
	return m, action{kind: actWait, after: pause}
}
