package slot

import (
	"fmt"
	"strings"
	"time"
)

// troubles are what slot saw while the app ran: hangs, limits, alerts, errors.
func (x *explainer) troubles() {
	x.restarts()
	for _, a := range x.s.Alerts {
		x.because("An alert holds for %s: %s.", x.ago(a.Since), a.Text)
	}
	x.limits()
	if x.Failures > 0 {
		x.because("Of the %d requests of the last minutes %d failed (500 and above).", x.Requests, x.Failures)
		x.try(fmt.Sprintf("slot logs %s --grep '(?i)error'", x.s.Slot))
	}
	if x.Database.State == DatabaseFailed {
		x.because("PostgreSQL, which its DATABASE_URL leads to, does not run: %s.", strings.TrimRight(x.Database.Error, "."))
		x.try("slot db status")
	}
}

// lately is how long a restart that slot asked for is worth a word.
const lately = 24 * time.Hour

// restarts tells of the newest restart of each kind, and how many there were.
func (x *explainer) restarts() {
	count, newest := map[string]int{}, []Restart{}
	for _, r := range x.Restarts {
		if x.Now.Sub(r.At) > lately {
			continue
		}
		if count[r.Trigger] == 0 {
			newest = append(newest, r)
		}
		count[r.Trigger]++
	}
	for _, r := range newest {
		text := fmt.Sprintf("slot started it anew %s ago: %s", x.ago(r.At), r.Reason)
		if n := count[r.Trigger]; n > 1 {
			text += fmt.Sprintf(" (%s within a day)", times(n))
		}
		x.because("%s.", text)
		x.try(x.restartRemedy(r.Trigger))
	}
	if len(newest) > 0 && x.s.State == StateLive && x.Now.Sub(newest[0].At) < 10*time.Minute {
		x.e.Summary += "; slot had to start it anew"
	}
}

func (x *explainer) restartRemedy(trigger string) string {
	n := x.s.Slot
	switch trigger {
	case "liveness":
		return fmt.Sprintf("slot logs %s, for what it said before it hung", n)
	case "memory_limit":
		return fmt.Sprintf("slot config set %s.memory_limit=SIZE, if it needs more than %v", n, x.Config.MemoryLimit)
	case "processes":
		return fmt.Sprintf("slot config set %s.processes=NUMBER, if it needs more than %d", n, x.Config.Processes)
	}
	return fmt.Sprintf("slot logs %s", n)
}

// nearLimit is the share of its memory above which an app is about to meet its
// limit.
const nearLimit = 0.85

// limits tells of a memory limit that is close, and of limits that nothing
// holds.
func (x *explainer) limits() {
	if limit := int64(x.Config.MemoryLimit); limit > 0 && x.s.MemoryKiB > 0 {
		if share := float64(x.s.MemoryKiB<<10) / float64(limit); share > nearLimit {
			x.because("It uses %.0f%% of its memory_limit of %v; above it, it is started anew.", share*100, x.Config.MemoryLimit)
			x.try(x.restartRemedy("memory_limit"))
		}
	}
}

// keeping tells of what is the matter with slot itself.
func (x *explainer) keeping() {
	if x.Broken != "" {
		x.because("slots.json is not in force: %s.", x.Broken)
		x.try("slot config validate")
	}
	if x.s.KeeperLost {
		x.because("The keeper is lost: nothing starts slot again when it ends.")
		x.try("slot up")
	}
}
