package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// checkTools looks for the programs that the hooks of the slots need, on this
// terminal's PATH.
func checkTools(ctx context.Context, w *World, s settings.Settings) (seen []finding) {
	used := w.hooksInUse(ctx, s)
	if len(used) == 0 {
		return nil
	}
	h, err := w.hooks()
	if err != nil {
		e := slot.AsError(err)
		return []finding{newFinding("tools", warning, e.Error(), e.Hint)}
	}
	defer h.Close()
	for _, name := range slices.Sorted(maps.Keys(used)) {
		info, err := findHook(ctx, h, name)
		if err != nil {
			seen = append(seen, newFinding("tools-"+name, problem, fmt.Sprintf("%v, which slot %s needs", err, join(used[name])), slot.AsError(err).Hint))
			continue
		}
		if d := describe(ctx, h, info).Description; d != nil && len(d.Tools) > 0 {
			seen = append(seen, toolsFinding(name, used[name], d.Tools, func(tool string) string { return lookPath(w.Getenv("PATH"), tool) }))
		}
	}
	return seen
}

// hooksInUse are the hooks that built what is live, where a daemon can tell,
// and those that are configured.
func (w *World) hooksInUse(ctx context.Context, s settings.Settings) map[string][]slot.Name {
	used := map[string][]slot.Name{}
	add := func(hook string, n slot.Name) {
		if hook != "" && !slices.Contains(used[hook], n) {
			used[hook] = append(used[hook], n)
		}
	}
	cfg := store.LastGoodConfig(store.Layout{Home: s.Home})
	for _, n := range slot.Names() {
		add(cfg.Slots[n].Hook, n)
	}
	if c, err := w.dial(s.Home); err == nil {
		all, _ := c.Status(ctx) // none without a daemon
		for _, one := range all {
			if cfg.Slots[one.Slot].Hook == "" {
				add(one.Hook, one.Slot)
			}
		}
	}
	return used
}

// toolsFinding judges one hook's tools. Without the first one nothing is
// built; the others depend on the app.
func toolsFinding(hook string, slots []slot.Name, tools []hooks.Tool, where func(string) string) finding {
	f := newFinding("tools-"+hook, healthy, "", "")
	var there, missing, remedies []string
	for _, tool := range tools {
		if path := where(tool.Name); path != "" {
			there = append(there, path)
			continue
		}
		missing = append(missing, tool.Name)
		if tool.InstallHint != "" && !slices.Contains(remedies, tool.InstallHint) {
			remedies = append(remedies, tool.InstallHint)
		}
	}
	f.Text, f.Remedy = "for slot "+join(slots)+": "+strings.Join(there, ", "), strings.Join(remedies, "; ")
	if missing == nil {
		return f
	}
	f.State, f.Text = problem, fmt.Sprintf("not on the PATH, for slot %s: %s", join(slots), strings.Join(missing, ", "))
	if missing[0] != tools[0].Name {
		f.State = warning
		f.Text += "; not every app needs it"
	}
	return f
}
