package slot

import (
	"slices"
	"time"
)

// Statistics sums up the deployments of one slot. Durations and rates are of
// those that built something (ActionDeploy); rollbacks, restarts and the like
// would make them look better than they are.
type Statistics struct {
	Slot       Name             `json:"slot"`
	Deploys    int              `json:"deploys"`      // that ended
	Live       int              `json:"live"`         // of them, went live
	Failed     int              `json:"failed"`       // of them, failed
	Canceled   int              `json:"canceled"`     // of them, canceled or superseded
	Success    float64          `json:"success_rate"` // live of live and failed, 0 to 1
	MedianMS   int64            `json:"median_ms"`    // of those that went live
	P95MS      int64            `json:"p95_ms"`       // 95 of 100 took no longer
	Steps      []StepStatistics `json:"steps,omitempty"`
	Rollbacks  int              `json:"rollbacks"`             // that went live
	Others     int              `json:"others"`                // restarts, starts, changes of variables
	LastDeploy time.Time        `json:"last_deploy,omitzero"`  // when the newest ended
	FirstCount time.Time        `json:"counted_from,omitzero"` // when the oldest counted was asked for
}

// StepStatistics sums up one step of the deploys. Times are of the runs that
// were done.
type StepStatistics struct {
	Name     StepName `json:"name"`
	Runs     int      `json:"runs"`
	Failed   int      `json:"failed"`
	MedianMS int64    `json:"median_ms"`
	P95MS    int64    `json:"p95_ms"`
}

// Summarize counts the deployments of slot n among ds, which are in any order.
// Those that have not ended are left out.
func Summarize(n Name, ds []Deployment) Statistics {
	s := Statistics{Slot: n}
	var took []int64
	steps := map[StepName][]Step{}
	var order []StepName
	for _, d := range ds {
		if d.Slot != n || !d.State.Ended() {
			continue
		}
		if s.FirstCount.IsZero() || d.RequestedAt.Before(s.FirstCount) {
			s.FirstCount = d.RequestedAt
		}
		if d.Action != ActionDeploy {
			if d.Action == ActionRollback && d.State == DeploymentLive {
				s.Rollbacks++
			} else {
				s.Others++
			}
			continue
		}
		s.Deploys++
		if d.EndedAt.After(s.LastDeploy) {
			s.LastDeploy = d.EndedAt
		}
		switch d.State {
		case DeploymentLive:
			s.Live++
			took = append(took, d.EndedAt.Sub(d.StartedAt).Milliseconds())
		case DeploymentFailed:
			s.Failed++
		default:
			s.Canceled++
		}
		for i, step := range d.Steps {
			if _, known := steps[step.Name]; !known {
				order = insertStep(order, d.Steps[:i], step.Name)
			}
			steps[step.Name] = append(steps[step.Name], step)
		}
	}
	if s.Live > 0 {
		s.Success = float64(s.Live) / float64(s.Live+s.Failed)
	}
	s.MedianMS, s.P95MS = rank(took, 50), rank(took, 95)
	for _, name := range order {
		s.Steps = append(s.Steps, summarizeStep(name, steps[name]))
	}
	return s
}

// insertStep puts a step behind the last of those that ran before it.
func insertStep(order []StepName, before []Step, name StepName) []StepName {
	at := 0
	for _, b := range before {
		at = max(at, slices.Index(order, b.Name)+1)
	}
	return slices.Insert(order, at, name)
}

func summarizeStep(name StepName, runs []Step) StepStatistics {
	s := StepStatistics{Name: name, Runs: len(runs)}
	var took []int64
	for _, r := range runs {
		switch r.State {
		case StepDone:
			took = append(took, r.DurationMS)
		case StepFailed:
			s.Failed++
		}
	}
	s.MedianMS, s.P95MS = rank(took, 50), rank(took, 95)
	return s
}

// rank returns the smallest value that p of 100 do not exceed (the nearest
// rank); 0 of none.
func rank(values []int64, p int) int64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[(len(values)*p+99)/100-1]
}
