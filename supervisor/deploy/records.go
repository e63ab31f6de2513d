package deploy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/process"
)

// record writes down that a process may run, so that a daemon that takes over
// finds it whatever happens next.
func (l *lane) record(rec slot.ProcessRecord) error {
	rec.StartedAt = time.Now()
	l.mu.Lock()
	if old := l.records[rec.ID]; old.Identity == rec.Identity {
		rec.StartedAt = old.StartedAt // adopted: nothing to write, so a full disk does not matter
	}
	l.records[rec.ID] = rec
	l.mu.Unlock()
	return l.saveRecords()
}

// forget removes a process that is gone from the record.
func (l *lane) forget(id string) error {
	l.mu.Lock()
	_, known := l.records[id]
	delete(l.records, id)
	l.mu.Unlock()
	if !known {
		return nil
	}
	return l.saveRecords()
}

func (l *lane) saveRecords() error {
	return l.e.Store.UpdateProcesses(l.name, l.processRecords)
}

func (l *lane) processRecords() []slot.ProcessRecord {
	l.mu.Lock()
	defer l.mu.Unlock()
	recs := slices.Collect(maps.Values(l.records))
	slices.SortFunc(recs, func(a, b slot.ProcessRecord) int { return strings.Compare(a.ID, b.ID) })
	return recs
}

// note tells the slot's log what happened to a process, where a person who
// reads the log would wonder.
func (l *lane) note(pr *proc, s process.Snapshot) {
	var text string
	switch s.State {
	case process.Starting:
		text = fmt.Sprintf("pid %d started", s.Identity.PID)
	case process.Running:
		if s.Restarts > 0 && !s.LastExit.At.IsZero() && s.Since.Sub(s.LastExit.At) < time.Minute {
			text = fmt.Sprintf("pid %d started again after %v (restart %d)", s.Identity.PID, s.LastExit, s.Restarts)
		}
	case process.Backoff:
		text = fmt.Sprintf("exited: %v; it will be started again", s.LastExit)
	case process.Crashed:
		if s.GaveUp {
			text = fmt.Sprintf("exited again: %v; it was started again %d times, and max_restarts allows no more", s.LastExit, s.Restarts)
			break
		}
		text = fmt.Sprintf("exited again: %v; it is tried once a minute from now on", s.LastExit)
	case process.Ended:
		text = fmt.Sprintf("ended: %v", s.LastExit)
	}
	if text != "" {
		l.tell(pr.id, text)
	}
}

// tell writes a line of slot's own to the slot's log.
func (l *lane) tell(process, text string) {
	err := l.e.Logs[l.name].Append(logs.Line{Stream: logs.Slot, Process: process, Text: text})
	if err != nil {
		l.e.Log.Warn("cannot write to the slot's log", slot.KeySlot, l.name, slot.KeyError, err)
	}
}
