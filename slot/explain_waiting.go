package slot

import (
	"maps"
	"slices"
	"strings"
)

// The settings that a running app does not notice, by what puts them into
// effect; docs/configuration.md has the same table for people.
var (
	builtWith   = []string{"repository", "branch", "root", "hook", "install", "build", "start", "static_root", "spa", "versions", "options"}
	startedWith = []string{"app_port", "app_protocol", "restart_policy", "max_restarts", "memory_limit", "cpu_limit", "open_files", "processes", "stop_timeout", "sandbox", "persist", "database"}
)

// waiting tells of settings that were changed and are not in effect yet.
func (x *explainer) waiting() {
	if x.s.Release == 0 {
		return
	}
	if x.Built != nil {
		if names := x.differ(*x.Built, builtWith); names != "" {
			x.because("Changed since it was built, and waiting for the next deployment: %s.", names)
			x.command("slot deploy %s")
		}
	}
	var late []string
	if x.Started != nil && x.s.Target != "static" {
		if names := x.differ(*x.Started, x.startedWith()); names != "" {
			late = append(late, names)
		}
	}
	if x.Env != nil && !maps.Equal(x.Env, x.Config.Environment) {
		late = append(late, "variables ("+strings.Join(x.variables(), ", ")+")")
	}
	if late == nil {
		return
	}
	x.because("Changed since it was started, and waiting for the next start: %s.", strings.Join(late, ", "))
	switch x.s.State {
	case StateStopped, StateAsleep:
		x.command("slot start %s")
	default:
		x.command("slot restart %s")
	}
}

// startedWith leaves out the limits that slot watches: they hold at once.
func (x *explainer) startedWith() []string {
	names := slices.Clone(startedWith)
	for _, l := range x.Limits.Limits {
		if l.By == "watch" {
			name := map[string]string{"memory": "memory_limit"}[l.Name]
			if name == "" {
				name = l.Name
			}
			names = slices.DeleteFunc(names, func(n string) bool { return n == name })
		}
	}
	return names
}

// differ names the settings of those kinds that are not as they were.
func (x *explainer) differ(was SlotConfig, kinds []string) string {
	n := x.s.Slot
	var names []string
	for _, c := range Changes(Config{Slots: map[Name]SlotConfig{n: was}}, Config{Slots: map[Name]SlotConfig{n: x.Config}}) {
		path := strings.TrimPrefix(c.Path, string(n)+".")
		if top, _, _ := strings.Cut(path, "."); slices.Contains(kinds, top) {
			names = append(names, path)
		}
	}
	return strings.Join(names, ", ")
}

// variables names those that differ; never their values.
func (x *explainer) variables() []string {
	var names []string
	for name, v := range x.Config.Environment {
		if old, had := x.Env[name]; !had || old != v {
			names = append(names, name)
		}
	}
	for name := range x.Env {
		if _, has := x.Config.Environment[name]; !has {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
