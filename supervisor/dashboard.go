package supervisor

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// dashboardEvery is how often the slots are looked at for what Coder's
// dashboard should show: soon enough for a person, too seldom to be felt.
const dashboardEvery = 3 * time.Second

// dashboard tells Coder the status of each slot's app when that changes, and
// nothing outside a workspace. It runs until ctx ends.
type dashboard struct {
	agent  func() (coder.AgentAccess, bool) // of now: each build of the workspace brings another
	status func(slot.Name) slot.Status
	slug   func(slot.Name) string // empty: not known
	log    *slog.Logger
	moved  <-chan struct{} // another environment is in force

	told    map[slot.Name]coder.AppStatus
	refused coder.AgentAccess // whose token Coder did not take
}

// dashboard of this house; slots whose subdomain is not known have no app that
// could be named.
func (h *house) dashboard() *dashboard {
	return &dashboard{
		agent: func() (coder.AgentAccess, bool) {
			a, ok := coder.AgentFromEnv(h.d.env.get)
			return a, ok && coder.FromEnv(h.d.env.get).Inside()
		},
		status: h.engine.Status,
		slug:   func(n slot.Name) string { return h.store.Config().Slots[n].Subdomain },
		log:    h.d.Log,
		moved:  h.moved,
	}
}

func (d *dashboard) run(ctx context.Context) {
	d.told = map[slot.Name]coder.AppStatus{}
	for {
		d.tell(ctx)
		var again <-chan time.Time // nobody to tell: at rest until that changes
		if agent, ok := d.agent(); ok && agent != d.refused {
			again = time.After(dashboardEvery)
		}
		select {
		case <-ctx.Done():
			return
		case <-again:
		case <-d.moved:
		}
	}
}

// tell sends what is new. What Coder does not take is not sent again until it
// or the agent changes; while Coder is away it is tried on.
func (d *dashboard) tell(ctx context.Context) {
	agent, ok := d.agent()
	if !ok || agent == d.refused {
		return
	}
	for _, n := range slot.Names() {
		slug := d.slug(n)
		now, worth := appStatus(slot.ReportOf(d.status(n)), slug)
		if before, told := d.told[n]; slug == "" || !worth && !told || before == now {
			continue
		}
		err := agent.Tell(ctx, now)
		var refusal *coder.StatusError
		switch {
		case errors.As(err, &refusal) && refusal.Code == 401:
			d.refused = agent
			d.log.Warn("Coder does not know the agent's token any more; slot up brings the new one")
			return
		case errors.As(err, &refusal):
			d.log.Warn("Coder does not take the status of a slot", slot.KeySlot, n, slot.KeyError, err)
		case err != nil:
			return
		}
		d.told[n] = now
	}
}

// appStatus is a report as the dashboard shows it; that of a slot that was
// never used is worth no line of its own.
func appStatus(r slot.Report, slug string) (s coder.AppStatus, worth bool) {
	s = coder.AppStatus{Slug: slug, Message: strings.Join(r.Words(), " · "), URI: r.URL, State: coder.AppComplete}
	switch {
	case r.Deploying, r.State == slot.StateStarting:
		s.State = coder.AppWorking
	case r.Failing():
		s.State = coder.AppFailure
	case r.State == slot.StateStopped:
		s.State = coder.AppIdle
	}
	return s, r.State != slot.StateEmpty || r.Deploying || r.Last != nil
}
