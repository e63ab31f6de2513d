package deploy

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// fewRequests between two looks say nothing about a rate of errors.
const fewRequests = 5

// watchAlerts compares what the slot takes with the thresholds of its alerts.
func (l *lane) watchAlerts(w watched) watch {
	return func(ctx context.Context, u *unit) {
		defer l.alarms.clear()
		pace := l.e.pace(alertsPace)
		known := map[string]alarm{}
		before := l.usage()
		every(ctx, pace, func() {
			now := l.usage().Rates(before)
			for _, look := range looks(w, now, now.Requests-before.Requests) {
				a, ch := known[look.name].next(look.value, float64(look.threshold))
				known[look.name] = a
				l.noteAlert(u.release, look, ch)
			}
			before = now
		})
	}
}

// look is one value beside its threshold, in percent.
type look struct {
	name      string
	value     float64
	threshold slot.Percent
	text      string
}

// looks are those that the slot asks for and that the moment can tell.
func looks(w watched, now slot.Usage, requests int64) []look {
	var all []look
	if t := w.alerts.Memory; t > 0 {
		of, whole := now.LimitKiB, "memory_limit"
		if of == 0 {
			of, whole = process.MachineMemory(), "the machine"
		}
		if of > 0 {
			value := 100 * float64(now.MemoryKiB) / float64(of)
			all = append(all, look{"memory", value, t, fmt.Sprintf("memory is at %.0f%% of %s (%s of %s), above %v", value, whole, mebibytes(now.MemoryKiB), mebibytes(of), t)})
		}
	}
	if t := w.alerts.CPU; t > 0 {
		cores, whole := float64(now.CPULimit), "cpu_limit"
		if cores == 0 {
			cores, whole = float64(runtime.NumCPU()), "the machine"
		}
		value := now.CPUPercent / cores
		all = append(all, look{"cpu", value, t, fmt.Sprintf("processor time is at %.0f%% of %s (%.2f of %g cores), above %v", value, whole, now.CPUPercent/100, cores, t)})
	}
	if t := w.alerts.ErrorRate; t > 0 && requests >= fewRequests {
		all = append(all, look{"error_rate", now.ErrorRate, t, fmt.Sprintf("%.0f%% of %d requests failed, above %v", now.ErrorRate, requests, t)})
	}
	return all
}

func (l *lane) noteAlert(rel slot.Release, look look, ch change) {
	switch ch {
	case raised:
		l.alarms.set(look.name, look.text)
		l.tell("-", "alert: "+look.text)
		l.noteRelease(slot.NoticeAlert, rel, slot.E(slot.KindFailed, fmt.Sprintf("slot top shows what it takes, slot logs %s what it does", l.name), errors.New(look.text)))
	case cleared:
		l.alarms.set(look.name, "")
		text := fmt.Sprintf("%s is below %v again", look.name, look.threshold)
		l.tell("-", "recovered: "+text)
		l.noteRelease(slot.NoticeRecovered, rel, slot.E(slot.KindFailed, "", errors.New(text)))
	}
}

// pace is how often something is looked at: shorter in tests.
func (e *Engine) pace(d time.Duration) time.Duration {
	if e.Hurry > 0 {
		return time.Duration(float64(d) / e.Hurry)
	}
	return d
}
