package host

import (
	"slices"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// overlay lays the app's Procfile and then the user's own words over the plan
// of the hook that won. The error is a *hooks.Failure where the Procfile is
// wrong.
func overlay(app App, plan slot.LaunchPlan) (slot.LaunchPlan, error) {
	plan.Processes = slices.Clone(plan.Processes)
	processes, err := procfileOf(app)
	if err != nil {
		return plan, err
	}
	for _, p := range processes {
		put(&plan, p)
	}
	if start := app.Overrides.Start; start != "" {
		put(&plan, hooks.Command(slot.ProcessWeb, start))
	}
	if root := app.Overrides.StaticRoot; root != "" {
		site := slot.StaticSite{Root: root}
		if plan.Static != nil {
			site.SPA = plan.Static.SPA
		}
		plan.Static = &site
		plan.Processes = slices.DeleteFunc(plan.Processes, func(p slot.Process) bool { return p.Type == slot.ProcessWeb })
	}
	if spa := app.Overrides.SPA; spa != nil && plan.Static != nil {
		site := *plan.Static
		site.SPA = *spa
		plan.Static = &site
	}
	return plan, nil
}

// put puts a process into the plan, in the place of one of its type. A web
// process takes the place of a static site.
func put(plan *slot.LaunchPlan, p slot.Process) {
	if p.Type == slot.ProcessWeb {
		plan.Static = nil
	}
	i := slices.IndexFunc(plan.Processes, func(q slot.Process) bool { return q.Type == p.Type })
	if i < 0 {
		plan.Processes = append(plan.Processes, p)
		return
	}
	plan.Processes[i] = p
}

func procfileOf(app App) ([]slot.Process, error) {
	files, err := hooks.OpenFiles(app.AppDir)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	return hooks.Procfile(files)
}
