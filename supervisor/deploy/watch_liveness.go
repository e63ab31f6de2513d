package deploy

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// liveness is what is known of an app that is asked again and again.
type liveness struct {
	run      slot.Identity // that is asked
	since    time.Time
	answered bool
	port     int
	failures int // in a row
	tries    int // to replace it
}

// begin forgets what was when another run is asked.
func (v *liveness) begin(run slot.Identity, since time.Time) {
	if v.run != run {
		*v = liveness{run: run, since: since}
	}
}

// heard counts an answer, or none, and reports whether the app is hung. One
// that has not answered yet is given the time of a health check to start.
func (v *liveness) heard(ok bool, now time.Time, grace time.Duration, most int) bool {
	if ok {
		v.answered, v.failures = true, 0
		return false
	}
	if !v.answered && now.Sub(v.since) < grace {
		return false
	}
	v.failures++
	return v.failures >= most
}

// watchLiveness asks the app whether it still answers. One that does not is
// replaced.
func (l *lane) watchLiveness(w watched) watch {
	return func(ctx context.Context, u *unit) {
		var seen liveness
		most := w.health.Liveness.Failures
		if most == 0 {
			most = slot.DefaultLivenessFailures
		}
		every(ctx, w.health.Liveness.Interval.Or(slot.DefaultLivenessInterval), func() {
			snap := u.web.Snapshot()
			if snap.State != process.Running {
				return
			}
			seen.begin(snap.Identity, snap.Since)
			p := l.livenessProbe(u, w.health, &seen)
			ok := p.try(ctx)
			if ctx.Err() == nil && seen.heard(ok, time.Now(), p.deadline, most) {
				l.unhang(u, p, &seen)
			}
		})
	}
}

func (l *lane) livenessProbe(u *unit, h slot.HealthCheck, seen *liveness) *probe {
	p := l.newProbe(u.release, slot.SlotConfig{HealthCheck: h}, u.web)
	p.client.Timeout = h.Liveness.Timeout.Or(slot.DefaultLivenessTimeout)
	p.path, p.own, _ = h.Asks()
	p.lenient = !p.own
	if !seen.answered {
		seen.port = l.servedPort(u.web)
	}
	p.port = seen.port
	return p
}

// unhang replaces a hung app. If the new process does not come up either, the
// old one is restarted alone: what hangs may hold what the other waits for.
func (l *lane) unhang(u *unit, p *probe, seen *liveness) {
	what := "GET " + p.path
	if p.portOnly {
		what = fmt.Sprintf("a connection to port %d", p.port)
	}
	last := p.last
	var at *url.Error
	if errors.As(last, &at) {
		last = at.Err
	}
	why := fmt.Errorf("%s of slot %s does not answer: %s failed %d times in a row: %v", u.web.typ, l.name, what, seen.failures, last)
	hint := fmt.Sprintf("slot logs %s shows what it said last; health_check.liveness.timeout gives it longer", l.name)
	if seen.tries == 0 {
		if l.replace(u, triggerLiveness, why, hint) {
			seen.tries++
		}
		return
	}
	if !l.mayReplace(u) {
		return
	}
	l.tell(u.web.id, why.Error()+", nor did a new process: it begins again alone")
	l.noteRestart(u.release, why, hint)
	u.web.Restart()
}
