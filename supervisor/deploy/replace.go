package deploy

import (
	"time"

	"github.com/slot-paas/slot/slot"
)

// replacing remembers when slot itself last replaced what serves in a lane, so
// that an app which is at fault whenever it starts is not started without end.
// Only the lane's watches use it, under the lane's lock.
type replacing struct {
	last  time.Time
	times int // in a row, each less than replacedWell after the one before
}

// The pauses between two replacements: a minute, then twice as long each time.
// One that was well for ten minutes forgets what was.
const (
	firstReplace = time.Minute
	lastReplace  = 10 * time.Minute
	replacedWell = 10 * time.Minute
)

// due counts a replacement at now, if it is time for one.
func (r *replacing) due(now time.Time) bool {
	if since := now.Sub(r.last); r.times > 0 && since < replacedWell+r.pause() {
		if since < r.pause() {
			return false
		}
	} else {
		r.times = 0
	}
	r.last = now
	r.times++
	return true
}

func (r *replacing) pause() time.Duration {
	return min(firstReplace<<min(max(r.times-1, 0), 10), lastReplace)
}

// replace starts a new process beside the one that serves, and leads the
// visitors to it once it passed its check. It reports whether it does.
func (l *lane) replace(u *unit, trigger string, why error, hint string) bool {
	if !l.mayReplace(u) {
		return false
	}
	l.tell(u.web.id, why.Error()+"; a new process takes its place")
	l.noteRestart(u.release, why, hint)
	_, err := l.e.Submit(slot.Request{Slot: l.name, Action: slot.ActionRestart, Trigger: trigger, Reason: why.Error()})
	if err != nil {
		l.e.Log.Warn("cannot replace the process", slot.KeySlot, l.name, slot.KeyError, err)
	}
	return err == nil
}

// mayReplace counts a replacement of u, if nothing is about to replace it
// anyway, and it was not just now.
func (l *lane) mayReplace(u *unit) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current == u && l.running == nil && l.waiting == nil && len(l.stops) == 0 && l.replaced.due(time.Now())
}
