package admin

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// words are what templates say values with.
var words = template.FuncMap{
	"asset":    assetURL,
	"ago":      func(t time.Time) string { return ago(time.Since(t)) },
	"stamp":    func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"clock":    func(t time.Time) string { return t.Local().Format("2 Jan 15:04:05") },
	"took":     took,
	"kib":      func(kib int64) string { return bytesWord(kib << 10) },
	"bytes":    bytesWord,
	"rate":     rateWord,
	"repo":     repoWord,
	"bare":     bareAddress,
	"sentence": sentence,
	"list":     func(v ...any) []any { return v },
	"since":    since,
	"word":     func(v any) string { return sentenceWord(fmt.Sprint(v)) },
	"percent":  func(v float64) string { return fmt.Sprintf("%.0f %%", v) },
	"act":      func(a slot.Action) string { return actionWords[a] },
	"join":     strings.Join,
	"lines":    func(v []string) string { return strings.Join(v, "\n") },
}

// ago says how long something has been so.
func ago(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds())/10*10)
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// took says a duration in milliseconds.
func took(ms int64) string {
	switch {
	case ms < 1000:
		return fmt.Sprintf("%d ms", ms)
	case ms < 60_000:
		return fmt.Sprintf("%.1f s", float64(ms)/1000)
	}
	return fmt.Sprintf("%d min %d s", ms/60_000, ms/1000%60)
}

func bytesWord(n int64) string {
	value, units := float64(n), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	for value >= 1024 && len(units) > 1 {
		value, units = value/1024, units[1:]
	}
	if value < 10 && value != math.Trunc(value) {
		return fmt.Sprintf("%.1f %s", value, units[0])
	}
	return fmt.Sprintf("%.0f %s", value, units[0])
}

// rateWord says how many a second.
func rateWord(r float64) string {
	switch {
	case r < 0.05:
		return "0"
	case r < 10:
		return fmt.Sprintf("%.1f", r)
	}
	return fmt.Sprintf("%.0f", r)
}

// repoWord is the short name of a repository: owner/name, or a folder's name.
func repoWord(address string) string {
	s := strings.TrimSuffix(strings.TrimSuffix(slot.RedactAddress(address), "/"), ".git")
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	s = strings.ReplaceAll(s, ":", "/")
	parts := strings.Split(s, "/")
	if strings.HasPrefix(address, "/") || strings.HasPrefix(address, "file:") {
		return parts[len(parts)-1]
	}
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}

// bareAddress is a URL without what everybody knows.
func bareAddress(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		return u.Host + strings.TrimSuffix(u.Path, "/")
	}
	return s
}

// stateClass is the one word by which a slot's state is coloured and told.
func stateClass(s slot.Status) string {
	if s.Deploying != nil {
		return "deploying"
	}
	return string(s.State)
}

var stateWords = map[string]string{
	"empty":     "Empty",
	"starting":  "Starting",
	"live":      "Live",
	"backoff":   "Restarting",
	"crashed":   "Crashed",
	"stopped":   "Stopped",
	"failed":    "Failed",
	"asleep":    "Asleep",
	"deploying": "Deploying",
}

// stateWord is it for people.
func stateWord(s slot.Status) string {
	if w := stateWords[stateClass(s)]; w != "" {
		return w
	}
	return sentence(string(s.State))
}

// actionWords are what a deployment does, for people.
var actionWords = map[slot.Action]string{
	slot.ActionDeploy:   "Deploy",
	slot.ActionRollback: "Roll back",
	slot.ActionRestart:  "Restart",
	slot.ActionStart:    "Start",
	slot.ActionConfig:   "New variables",
	slot.ActionPromote:  "Promote",
}
