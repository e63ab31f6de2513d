package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
)

// lateBackup is when the daily one did not come: a day, and half of one for a
// workspace that was asleep.
const lateBackup = 36 * time.Hour

// checkDatabase asks the daemon for PostgreSQL and its backups; without a
// daemon there is neither.
func checkDatabase(ctx context.Context, w *World, s settings.Settings) []finding {
	c, err := w.dial(s.Home)
	if err != nil {
		return nil
	}
	st, err := c.DatabaseStatus(ctx)
	if err != nil {
		return nil // checkDaemon has said so
	}
	return databaseFindings(st, time.Now())
}

func databaseFindings(st slot.DatabaseStatus, now time.Time) []finding {
	switch st.State {
	case slot.DatabaseOff:
		return []finding{newFinding("database", healthy, "off; slot db enable sets it up", "")}
	case slot.DatabaseFailed:
		remedy := st.Hint
		if remedy == "" {
			remedy = "slot db logs shows what it said"
		}
		return []finding{newFinding("database", problem, "PostgreSQL does not run: "+st.Error, remedy)}
	case slot.DatabaseStarting:
		return []finding{newFinding("database", healthy, "PostgreSQL starts", "")}
	}
	var bytes int64
	for _, d := range st.Databases {
		bytes += d.Bytes
	}
	f := newFinding("database", healthy, fmt.Sprintf("PostgreSQL %s on %s:%d, %d databases of %s", st.Version, st.Host, st.Port, len(st.Databases), size(bytes)), "")
	if st.Major > 0 && st.Newest > st.Major {
		f.State, f.Remedy = warning, "slot db upgrade"
		f.Text += fmt.Sprintf("; the data is of version %d, %d is installed", st.Major, st.Newest)
	}
	return []finding{f, backupFinding(st, now)}
}

// backupFinding tells of the databases whose last backup is old. One that was
// made since has none before the next daily one.
func backupFinding(st slot.DatabaseStatus, now time.Time) finding {
	f := newFinding("database-backup", healthy, "none is due yet", "")
	var late []string
	var newest time.Time
	for _, d := range st.Databases {
		taken := st.Since
		if d.Backup != nil {
			taken = d.Backup.TakenAt
			if taken.After(newest) {
				newest = taken
			}
		}
		if now.Sub(taken) > lateBackup {
			late = append(late, string(d.Source))
		}
	}
	switch {
	case late != nil:
		f.State, f.Remedy = warning, "slot db backup "+late[0]+"; slot db logs shows why the daily one is missing"
		f.Text = fmt.Sprintf("no backup within %.0f hours of: %s", lateBackup.Hours(), strings.Join(late, ", "))
	case !newest.IsZero():
		f.Text = "the last one was made " + age(newest, now) + " ago"
	}
	return f
}
