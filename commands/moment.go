package commands

import (
	"fmt"
	"strconv"
	"time"

	"github.com/slot-paas/slot/slot"
)

// moments are the forms of a point in time without a zone: local time is
// meant. A time of day is today's.
var moments = []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.DateTime, "2006-01-02T15:04:05"}

// parseMoment reads the value of a flag: a span before now, a day, a time of
// day, or both; "" is the zero time.
func parseMoment(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if m := ago.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1]) // digits only
		unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[2]]
		if n <= int(100*365*24*time.Hour/unit) {
			return now.Add(-time.Duration(n) * unit), nil
		}
	}
	for _, form := range moments {
		if t, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			return t, nil
		}
	}
	for _, form := range []string{"15:04", time.TimeOnly} {
		if t, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			y, m, d := now.Date()
			return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, now.Location()), nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.Time{}, slot.E(slot.KindUsage, flag+" 24h, "+flag+" 7d, or "+flag+" 2026-05-01",
		fmt.Errorf("%s is %q, which is no time", flag, text))
}
