package deploy

import (
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// limits are what each process of the slot is held to from its next start on.
func (l *lane) limits() process.Limits {
	cfg := l.e.Store.Config().Slots[l.name]
	return process.Limits{
		Memory: int64(cfg.MemoryLimit), CPU: float64(cfg.CPULimit),
		OpenFiles: cfg.OpenFiles, Processes: cfg.Processes,
		Place: l.name.Index(),
	}
}

// limitsReport says what holds of them for the web process that runs.
func (l *lane) limitsReport() slot.LimitsReport {
	var id slot.Identity
	if u := l.serves(); u != nil && u.web != nil {
		id = u.web.Snapshot().Identity
	}
	groups := process.OwnGroups()
	return slot.LimitsReport{Limits: process.InForce(id, l.limits()), Claims: groups.Claims(), Reason: groups.Reason}
}

// serves is what runs now; nil for nothing.
func (l *lane) serves() *unit {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current
}
