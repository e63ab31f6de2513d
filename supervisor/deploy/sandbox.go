package deploy

import (
	"fmt"
	"sync"

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

// enclosure is the sandbox of a process that is made while the rest of its
// start goes on, which takes as long. One of both, box or drop, is called.
type enclosure struct {
	policy func() *sandbox.Policy // without the process's outputs
	made   func() (*sandbox.Box, error)
}

// enclose begins to make the sandbox of a process of the release.
func (l *lane) enclose(mode slot.SandboxMode, rel slot.Release) enclosure {
	policy := sync.OnceValue(func() *sandbox.Policy { return l.sandbox(mode, rel) })
	e := enclosure{policy: policy, made: sync.OnceValues(func() (*sandbox.Box, error) { return policy().Prepare() })}
	go e.made()
	return e
}

// box is the sandbox with the outputs, which were not there when it was begun.
func (e enclosure) box(outputs ...string) (*sandbox.Box, error) {
	b, err := e.made()
	if err != nil {
		return nil, err
	}
	if err := b.Write(outputs...); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// drop is for a process that is not started.
func (e enclosure) drop() {
	if b, err := e.made(); err == nil {
		b.Close()
	}
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
