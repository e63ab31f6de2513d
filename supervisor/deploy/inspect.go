package deploy

import (
	"cmp"
	"slices"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// Inspect returns all that is in force for a slot.
func (e *Engine) Inspect(n slot.Name) slot.Inspection {
	l := e.lanes[n]
	in := slot.Inspection{Status: l.status(), Processes: l.processRecords(), Sandbox: l.sandboxReport(), Limits: l.limitsReport()}
	if in.Processes == nil {
		in.Processes = []slot.ProcessRecord{}
	}
	slices.SortFunc(in.Processes, func(a, b slot.ProcessRecord) int {
		return cmp.Or(cmp.Compare(a.Release, b.Release), a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return in
}

// sandboxReport says what the kernel holds the slot's processes to, and what
// they may open: those of the live release or, without one, of any.
func (l *lane) sandboxReport() slot.SandboxReport {
	mode := l.sandboxMode()
	report := slot.SandboxReport{Mode: mode}
	rel, err := l.e.Store.Release(l.name, l.e.Store.State(l.name).Release)
	if err != nil {
		rel = slot.Release{Slot: l.name}
	}
	policy := l.sandbox(mode, rel)
	if policy == nil {
		return report
	}
	kernel := sandbox.Kernel()
	report.Reason, report.Claims = kernel.Reason, kernel.Claims()
	if kernel.Files {
		report.Writes, report.Reads = policy.Writable(), policy.Readable()
	}
	return report
}
