package deploy

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// alarm raises an alert once a value is at or above its threshold for a few
// looks in a row, and clears it once it is well below for as many: one that
// wavers around the threshold is told once.
type alarm struct {
	raised bool
	streak int // looks in a row that speak for a change
}

const (
	alarmLooks = 2
	wellBelow  = 0.9 // of the threshold
)

// change is what a look makes of an alarm.
type change int

const (
	unchanged change = iota
	raised
	cleared
)

// next is the alarm after a look at its value.
func (a alarm) next(value, threshold float64) (alarm, change) {
	speaks := value >= threshold
	if a.raised {
		speaks = value < threshold*wellBelow
	}
	if !speaks {
		a.streak = 0
		return a, unchanged
	}
	if a.streak++; a.streak < alarmLooks {
		return a, unchanged
	}
	a = alarm{raised: !a.raised}
	if a.raised {
		return a, raised
	}
	return a, cleared
}

// alarms are the alerts of a slot that hold. Safe for concurrent use.
type alarms struct {
	mu  sync.Mutex
	now []slot.Alert
}

func (a *alarms) raised() []slot.Alert {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.now)
}

// set replaces the alert of a name; without a text there is none.
func (a *alarms) set(name, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = slices.DeleteFunc(a.now, func(x slot.Alert) bool { return x.Name == name })
	if text != "" {
		a.now = append(a.now, slot.Alert{Name: name, Text: text, Since: time.Now()})
		slices.SortFunc(a.now, func(x, y slot.Alert) int { return strings.Compare(x.Name, y.Name) })
	}
}

func (a *alarms) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = nil
}
