package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/store"
)

// explain answers why the slot is as it is.
func (s *server) explain(w http.ResponseWriter, r *http.Request) {
	n, err := slot.ParseName(r.PathValue("slot"))
	if err != nil {
		fail(w, err)
		return
	}
	_ = s.Store.Reload() // a broken file is one of the facts
	answer(w, slot.Explain(s.facts(r.Context(), n)))
}

// facts gathers what the rooms know of a slot.
func (s *server) facts(ctx context.Context, n slot.Name) slot.Facts {
	state := s.Store.State(n)
	f := slot.Facts{
		Inspection: s.Engine.Inspect(n), Now: time.Now(), Desired: state.Desired,
		Config: s.Store.Config().Slots[n], Builds: s.Settings.Builds,
	}
	if err := s.Store.ConfigError(); err != nil {
		f.Broken = err.Error()
	}
	for _, d := range s.Engine.UnderWay() {
		if d.Slot != n && d.State == slot.DeploymentRunning {
			f.Ahead = append(f.Ahead, d)
		}
	}
	if st := f.Status.State; st == slot.StateBackoff || st == slot.StateCrashed {
		f.Causes = s.Engine.WhyEnded(n)
	}
	for _, t := range s.Engine.Traffic() {
		if t.Slot == n {
			f.Requests, f.Failures = sum(t.Recent.Requests), sum(t.Recent.Failures)
		}
	}
	past := s.Store.FindDeployments(store.Query{Slot: n, Limit: 200})
	f.Restarts = s.restarts(ctx, n, past)
	f.Passed = s.passed(n)
	if f.Config.Database.Or(slot.DefaultDatabase) != slot.DatabaseNone {
		f.Database = s.Database.Status(ctx)
	}
	if rel, err := s.Store.Release(n, state.Release); err == nil {
		f.Env = rel.Env
		if f.Env == nil {
			f.Env = map[string]string{}
		}
		f.Built, f.Started = s.then(n, rel, past)
	}
	return f
}

func sum(all []int64) (total int64) {
	for _, n := range all {
		total += n
	}
	return total
}

// recentDeliveries is how many are looked through for the slot's newest push.
const recentDeliveries = 100

// passed is the newest delivery that was about the slot, if it deployed nothing.
func (s *server) passed(n slot.Name) *slot.Passed {
	for _, d := range s.Store.Deliveries(recentDeliveries) {
		for _, c := range d.Decisions {
			if c.Slot != n || len(d.Pushes) == 0 || c.Verdict == slot.VerdictDuplicate {
				continue
			}
			if c.Verdict == slot.VerdictDeploy {
				return nil
			}
			return &slot.Passed{Number: d.Number, At: d.Time, Decision: c}
		}
	}
	return nil
}

// then returns the slot's settings as the live artefact was built with them,
// and as the live release was started with them; nil where that is not known.
// What was built in another slot was not built with this one's.
func (s *server) then(n slot.Name, rel slot.Release, past []slot.Deployment) (built, started *slot.SlotConfig) {
	first := rel
	for _, r := range s.Store.Releases(n) {
		if r.Artefact == rel.Artefact && r.ID < first.ID {
			first = r // those after it changed the variables alone
		}
	}
	if d, ok := s.Store.Deployment(first.Deployment); ok && d.Action == slot.ActionDeploy {
		at, ok := s.Store.ConfigAt(d.StartedAt)
		after, also := s.Store.ConfigAt(d.EndedAt)
		if ok && also {
			c := at.Slots[n]
			c.Repository, c.Branch, c.Root = after.Slots[n].Repository, after.Slots[n].Branch, after.Slots[n].Root // a deployment sets those it was given
			built = &c
		}
	}
	for _, d := range past {
		if d.State == slot.DeploymentLive {
			if at, ok := s.Store.ConfigAt(d.StartedAt); ok {
				c := at.Slots[n]
				started = &c
			}
			break
		}
	}
	return built, started
}

// own matches slot's words on a process that it ended without a deployment.
var own = lazyregexp.New(`(: it begins again alone|; it begins again|: it is ended at once)$`)

// restarts lists those that slot asked for by itself, newest first.
func (s *server) restarts(ctx context.Context, n slot.Name, past []slot.Deployment) (all []slot.Restart) {
	for _, d := range past {
		if d.Reason != "" && d.Action == slot.ActionRestart {
			all = append(all, slot.Restart{At: d.RequestedAt, Trigger: d.Trigger, Reason: d.Reason})
		}
	}
	q := logs.Query{Last: 20, Streams: []logs.Stream{logs.Slot}, Grep: own.Regexp(), Since: time.Now().Add(-24 * time.Hour)}
	_, err := s.Logs[n].Read(ctx, q, func(lines []logs.Line) error {
		for _, l := range lines {
			all = append(all, slot.Restart{At: l.Time, Reason: l.Text})
		}
		return nil
	})
	if err != nil {
		all = append(all, slot.Restart{At: time.Now(), Reason: "its log cannot be read: " + err.Error()})
	}
	slices.SortStableFunc(all, func(a, b slot.Restart) int { return b.At.Compare(a.At) })
	return all
}

// Explain says in words why a slot is as it is.
func (c *Client) Explain(ctx context.Context, n slot.Name) (x slot.Explanation, err error) {
	return x, c.call(ctx, http.MethodGet, "/v1/slots/"+string(n)+"/explanation", nil, &x)
}
