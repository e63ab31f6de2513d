package admin

import (
	"net/http"
	"slices"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// slotView is a slot's first page.
type slotView struct {
	card
	Restarts int
	P95      string
	Releases []slot.Release // newest first
	Recent   []slot.Deployment
	Plan     *slot.Release // the live one, of which the plan is shown
}

// slotPage shows one slot.
func (a *Admin) slotPage(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	v := a.slotView(n)
	a.page(w, r, c, "slot.html", "Slot "+string(n), string(n), v)
}

func (a *Admin) slotView(n slot.Name) slotView {
	t := a.Engine.Traffic()[n.Index()]
	v := slotView{card: a.card(n, t), Releases: a.Store.Releases(n)}
	if q := t.Latency.Quantile(0.95); q > 0 {
		v.P95 = took(int64(q * 1000))
	}
	slices.Reverse(v.Releases)
	for i := range v.Releases {
		v.Releases[i].Env = nil // values are for the settings
		if v.Releases[i].ID == v.Release {
			v.Plan = &v.Releases[i]
		}
	}
	v.Recent = a.Store.FindDeployments(store.Query{Slot: n, Limit: 8})
	return v
}

func (a *Admin) slotParts(n slot.Name) []fragment {
	return a.parts(part{"tabs", "tabs", a.tabs()}, part{"slot", "slot", a.slotView(n)})
}

// since says how long a deployment took, or takes.
func since(d slot.Deployment) string {
	switch {
	case d.StartedAt.IsZero():
		return ""
	case d.EndedAt.IsZero():
		return took(time.Since(d.StartedAt).Milliseconds())
	}
	return took(d.EndedAt.Sub(d.StartedAt).Milliseconds())
}
