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
	Crashed  State = "crashed"  // ended again and again; tried once a minute, or no more
	Stopping State = "stopping" // told to end

	Restarting State = "restarting" // told to end, to be started again
	Ended      State = "ended"      // will not run again
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
	most      int       // restarts in a row; 0 is without end
	startedAt time.Time // of the last run
	exits     int       // in a row, each less than healthyAfter after its start
	restarts  int
	gaveUp    bool // Crashed, and no more restarts are left
}

type eventKind int

const (
	evReady eventKind = iota
	evExit
	evTimer
	evStop
	evRestart
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
	case evRestart:
		return restarting(m, now)
	case evTimer:
		switch m.state {
		case Backoff, Crashed:
			return started(m, now)
		case Stopping, Restarting:
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
	case Restarting:
		m.state = Stopping // TERM is sent, the grace runs
	case Backoff, Crashed:
		m.state = Ended
	}
	return m, action{}
}

// restarting ends a run to begin another: it is no crash, and counts for none.
func restarting(m machine, now time.Time) (machine, action) {
	switch m.state {
	case Running:
		m.state = Restarting
		return m, action{kind: actTerm}
	case Backoff, Crashed:
		m.exits = 0
		return started(m, now)
	}
	return m, action{}
}

func started(m machine, now time.Time) (machine, action) {
	m.state, m.startedAt, m.gaveUp = Running, now, false
	m.restarts++
	return m, action{kind: actStart}
}

func exited(m machine, ev event, now time.Time, random float64) (machine, action) {
	if m.state == Restarting {
		return started(m, now)
	}
	if m.state == Stopping || m.state == Starting ||
		m.policy == slot.RestartNever || m.policy == slot.RestartOnFailure && ev.clean {
		m.state = Ended
		return m, action{}
	}
	if now.Sub(m.startedAt) >= healthyAfter {
		m.exits = 0
	}
	m.exits++
	if m.most > 0 && m.exits > m.most {
		m.state, m.gaveUp = Crashed, true
		return m, action{}
	}
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
