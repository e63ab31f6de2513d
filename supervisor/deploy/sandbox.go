package deploy

import (
	"fmt"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// sandboxMode is what the slot is configured with now.
func (l *lane) sandboxMode() slot.SandboxMode {
	return l.e.Store.Config().Slots[l.name].Sandbox.Or(slot.SandboxOn)
}

// sandbox is what the processes of a release may open; nil where the slot has
// none. What it is built from may be linked to the hook's caches.
func (l *lane) sandbox(mode slot.SandboxMode, rel slot.Release) *sandbox.Policy {
	if mode == slot.SandboxOff {
		return nil
	}
	lay := l.e.Store.Layout()
	p := l.e.Machine().App(mode == slot.SandboxStrict)
	p.Write = append(p.Write, lay.Artefact(rel.Slot, rel.Artefact), lay.Storage(l.name), lay.SlotTmp(l.name))
	if rel.Hook != "" {
		p.Read = append(p.Read, l.e.Hooks.CacheDirs(rel.Slot, rel.Hook)...)
	}
	return p
}

// deniedCause tells of what the sandbox kept from a process of the release
// that failed, if its output does.
func (r *run) deniedCause(mode slot.SandboxMode, output []string) []slot.Diagnostic {
	d, ok := r.lane.sandbox(mode, r.release).Explain(output)
	if !ok {
		return nil
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityError, Code: "sandbox.denied",
		Summary: fmt.Sprintf("the sandbox does not let the app %v", d),
		Hint:    fmt.Sprintf("if it must: slot config set %s.sandbox=off", r.lane.name),
	}}
}
