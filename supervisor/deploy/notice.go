package deploy

import (
	"errors"
	"fmt"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/process"
)

// Notifier tells an address of something and returns at once; failed is called
// later, from another goroutine, when it could not.
type Notifier interface {
	Send(address string, n slot.Notice, failed func(error))
}

// notify tells the slot's address, if it has one.
func (l *lane) notify(n slot.Notice) {
	address := l.e.Store.Config().Slots[l.name].Monitoring.NotifyURL
	if address == "" || l.e.Notify == nil {
		return
	}
	n.Slot, n.Time, n.URL = l.name, time.Now(), l.e.URL(l.name)
	n.Error = l.withoutValues(n)
	l.e.Notify.Send(address, n, func(err error) {
		l.tell("-", err.Error()) // who looks why nothing came looks at the slot's log
	})
}

// noteDeployment tells of a deployment that ended, where somebody would want
// to know: not of one that a person called off, nor that a slot was started.
func (l *lane) noteDeployment(d slot.Deployment) {
	n := slot.Notice{
		Status: d.State, Deployment: d.ID, Action: d.Action, Trigger: d.Trigger, Release: d.Release, From: d.From,
		Repository: d.Source.Repository, Branch: d.Source.Branch, Commit: d.Source.Commit, Subject: d.Source.Subject, Error: d.Error,
	}
	if !d.StartedAt.IsZero() {
		n.DurationMS = d.EndedAt.Sub(d.StartedAt).Milliseconds()
	}
	switch {
	case d.State == slot.DeploymentFailed:
		n.Event = slot.NoticeFailed
	case d.State != slot.DeploymentLive || d.Action == slot.ActionStart || d.Action == slot.ActionRestart:
		return
	case d.Action == slot.ActionRollback:
		n.Event = slot.NoticeRolledBack
	default:
		n.Event = slot.NoticeLive
	}
	l.notify(n)
}

// crashes tells once of a process that exits again and again, and once more
// when it did after a healthy time. Only the process's own goroutine uses it.
type crashes struct {
	told    bool
	running time.Time // since when, or since when it last was
}

// healthy is how long a process runs before its next crash is news.
const healthy = time.Minute

// news reports whether the snapshot is a crash that nobody was told of.
func (c *crashes) news(s process.Snapshot) bool {
	switch s.State {
	case process.Running:
		c.running = s.Since
	case process.Backoff, process.Crashed:
		if s.LastExit.At.Sub(c.running) >= healthy {
			c.told = false
		}
	}
	if s.State != process.Crashed || c.told {
		return false
	}
	c.told = true
	return true
}

func (l *lane) noteCrash(rel slot.Release, typ string, s process.Snapshot) {
	what := "it is tried once a minute"
	if s.GaveUp {
		what = "it is not started again, as max_restarts says"
	}
	l.noteRelease(slot.NoticeCrashed, rel, slot.E(slot.KindFailed, fmt.Sprintf("slot logs %s", l.name),
		fmt.Errorf("%s exits again and again: %v; %s", typ, s.LastExit, what)))
}

// noteRestart tells that slot itself replaces or restarts a process, and why.
func (l *lane) noteRestart(rel slot.Release, why error, hint string) {
	l.noteRelease(slot.NoticeRestarted, rel, slot.E(slot.KindFailed, hint, why))
}

// noteRelease tells of what happened to a release that runs.
func (l *lane) noteRelease(ev slot.NoticeEvent, rel slot.Release, err error) {
	l.notify(slot.Notice{
		Event: ev, Release: rel.ID, Repository: rel.Source.Repository,
		Branch: rel.Source.Branch, Commit: rel.Source.Commit, Subject: rel.Source.Subject,
		Error: slot.AsError(err),
	})
}

// withoutValues returns the notice's error with every value of the slot's
// variables masked, secret by its name or not: it leaves the machine.
func (l *lane) withoutValues(n slot.Notice) *slot.Error {
	if n.Error == nil {
		return nil
	}
	cfg := l.e.Store.Config().Slots[l.name]
	values := []string{cfg.Monitoring.NotifyURL}
	for _, v := range cfg.Environment {
		values = append(values, v)
	}
	if rel, err := l.e.Store.Release(l.name, n.Release); err == nil {
		for _, v := range rel.Env {
			values = append(values, v)
		}
	}
	mask := logs.NewMask(values)
	return &slot.Error{Kind: n.Error.Kind, Err: errors.New(mask.Apply(n.Error.Error())), Hint: mask.Apply(n.Error.Hint)}
}
