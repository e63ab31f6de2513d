package admin

import (
	"net/http"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// historyView is what was deployed.
type historyView struct {
	Slot   string // chosen, "" for all
	State  string
	Slots  []slot.Name
	States []slot.DeploymentState
	All    []slot.Deployment
	Stats  []slot.Statistics // of slots that had deploys
}

// historyLimit is how many deployments a page lists.
const historyLimit = 100

// history lists deployments, those of one slot or in one state where asked.
func (a *Admin) history(w http.ResponseWriter, r *http.Request, c caller) {
	v := historyView{
		Slot: r.FormValue("slot"), State: r.FormValue("state"),
		Slots: slot.Names(), States: slot.DeploymentStates(),
	}
	q, err := historyQuery(v.Slot, v.State)
	if err != nil {
		a.problem(w, r, c, err)
		return
	}
	v.All = a.Store.FindDeployments(q)
	for _, n := range slot.Names() {
		if q.Slot != "" && q.Slot != n {
			continue
		}
		if s := slot.Summarize(n, a.Store.FindDeployments(store.Query{Slot: n})); s.Deploys > 0 {
			v.Stats = append(v.Stats, s)
		}
	}
	a.page(w, r, c, "history.html", "History", "history", v)
}

func historyQuery(name, state string) (q store.Query, err error) {
	q.Limit = historyLimit
	if name != "" {
		if q.Slot, err = slot.ParseName(name); err != nil {
			return q, err
		}
	}
	if state != "" {
		s, err := slot.ParseDeploymentState(state)
		if err != nil {
			return q, err
		}
		q.States = []slot.DeploymentState{s}
	}
	return q, nil
}
