package deploy

import (
	"context"
	"fmt"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// watchLimits looks whether a process takes more than the slot allows. The web
// process is then replaced as by a deployment, with a new one beside it; a
// worker, which must not run twice, ends and begins again.
func (l *lane) watchLimits(w watched) watch {
	return func(ctx context.Context, u *unit) {
		every(ctx, l.e.pace(limitsPace), func() {
			for _, p := range l.procsOf(u) {
				l.holdToLimits(u, p, w)
			}
		})
	}
}

func (l *lane) holdToLimits(u *unit, p *proc, w watched) {
	id := p.Snapshot().Identity
	if id.PID == 0 {
		return
	}
	over := overLimits(process.Measure(id, false), w)
	if over.share > 1 && over.trigger == triggerMemory {
		over = overLimits(process.Measure(id, true), w) // before it counts, exactly
	}
	why := fmt.Errorf("%s of slot %s %s", p.typ, l.name, over.text)
	switch {
	case over.share <= 1:
	case p != u.web:
		l.tell(p.id, why.Error()+"; it begins again")
		l.noteRestart(u.release, why, over.hint(l.name))
		p.Restart()
	case over.share >= wild:
		l.tell(p.id, why.Error()+", twice as much and more: it is ended at once")
		l.noteRestart(u.release, why, over.hint(l.name))
		if err := process.Kill(id); err != nil {
			l.e.Log.Warn("cannot end a process that is far over its limit", slot.KeySlot, l.name, slot.KeyError, err)
		}
	default:
		l.replace(u, over.trigger, why, over.hint(l.name))
	}
}

// wild is how many times its limit a process takes when there is no time left
// to replace it: the other slots and the machine come first.
const wild = 2

// The triggers of what slot does by itself.
const (
	triggerMemory    = "memory_limit"
	triggerProcesses = "processes"
	triggerLiveness  = "liveness"
)

// excess is how far a process is over its limits; share is 1 at the limit.
type excess struct {
	trigger string
	share   float64
	text    string
}

// overLimits compares what a process takes with what it may: of memory first.
func overLimits(takes process.Usage, w watched) excess {
	if w.memory > 0 {
		share := float64(takes.MemoryKiB) * 1024 / float64(w.memory)
		if share > 1 {
			return excess{triggerMemory, share, fmt.Sprintf("uses %s of memory, memory_limit is %v", mebibytes(takes.MemoryKiB), w.memory)}
		}
	}
	if w.processes > 0 {
		share := float64(takes.Threads) / float64(w.processes)
		return excess{triggerProcesses, share, fmt.Sprintf("has %d processes and threads, the limit is %d", takes.Threads, w.processes)}
	}
	return excess{}
}

func (x excess) hint(n slot.Name) string {
	return fmt.Sprintf("slot logs %s shows what it did; if it needs more: slot config set %s.%s=...", n, n, x.trigger)
}

func mebibytes(kib int64) string { return fmt.Sprintf("%.0fM", float64(kib)/1024) }
