package deploy

import (
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// status is a snapshot of the slot; it waits for nothing that runs.
func (l *lane) status() slot.Status {
	st := l.e.Store
	kept := st.State(l.name)
	s := slot.Status{
		Slot: l.name, Port: l.e.Port(l.name), URL: l.e.URL(l.name), Release: kept.Release,
		Configured: st.Config().Slots[l.name].Repository != "",
	}
	l.mu.Lock()
	u, job := l.current, l.running
	s.State, s.Since = l.state, l.since
	if l.early {
		s.State = slot.StateStarting
	}
	if job == nil {
		job = l.waiting
	}
	s.Dev = l.lent
	l.mu.Unlock()

	if rel, err := st.Release(l.name, kept.Release); err == nil {
		s.Source, s.Hook, s.Framework = rel.Source, rel.Hook, rel.Framework
	}
	s.Target = l.e.Fronts[l.name].Target().Kind()
	if u != nil {
		s.State = slot.StateLive
		if u.web != nil {
			l.processStatus(&s, u)
		}
	}
	s.Alerts = l.alarms.raised()
	if job != nil {
		d := job.record()
		s.Deploying = &d
	}
	for _, d := range st.Deployments(l.name, 2) {
		if d.State.Ended() {
			s.Last = &d
			break
		}
	}
	return s
}

func (l *lane) processStatus(s *slot.Status, u *unit) {
	snap := u.web.Snapshot()
	s.State = processState[snap.State]
	if adopted := snap.State == process.Running && snap.Restarts == 0 && s.Since.Before(snap.Since); !adopted {
		s.Since = snap.Since
	} // else it runs for longer than this daemon knows it
	s.Private, s.Restarts = snap.Port, snap.Restarts
	if !snap.LastExit.At.IsZero() {
		s.LastExit = snap.LastExit.String()
	}
	if snap.State == process.Ended && !clean(snap.LastExit) { // its restart policy leaves it there
		s.State, snap.GaveUp = slot.StateCrashed, true
	}
	if s.State == slot.StateBackoff || s.State == slot.StateCrashed {
		s.GaveUp, s.Output = snap.GaveUp, u.web.out.Tail(tailLines)
	}
	if snap.State != process.Running && snap.State != process.Starting {
		return
	}
	s.PID = snap.Identity.PID
	s.MemoryKiB = process.Measure(snap.Identity, false).MemoryKiB
}

// clean reports whether a process ended as one that has nothing more to do.
func clean(e process.Exit) bool {
	return e.At.IsZero() || e.Known && e.Err == nil && e.Code == 0 && e.Signal == 0
}

// words of the process room in the vocabulary of the house.
var processState = map[process.State]slot.State{
	process.Starting: slot.StateStarting,
	process.Running:  slot.StateLive,
	process.Backoff:  slot.StateBackoff,
	process.Crashed:  slot.StateCrashed,

	process.Restarting: slot.StateBackoff,
	process.Stopping:   slot.StateStopped,
	process.Ended:      slot.StateStopped,
}
