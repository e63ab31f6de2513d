package commands

import (
	"fmt"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

func statusWide(all []slot.Status, header []string, rows [][]string) ([]string, [][]string) {
	return widened(header, rows, []string{"SOURCE", "BRANCH", "HOOK", "PID", "PORT", "SUBJECT"}, func(i int) []string {
		s := all[i]
		return []string{sourceWord(s.Source), dash(s.Source.Branch), dash(s.Hook), number(s.PID), number(s.Private), dash(s.Source.Subject)}
	})
}

func historyWide(all []slot.Deployment, header []string, rows [][]string) ([]string, [][]string) {
	return widened(header, rows, []string{"SOURCE", "BRANCH", "BEFORE", "WAITED", "STEPS"}, func(i int) []string {
		d, waited := all[i], "-"
		if !d.StartedAt.IsZero() {
			waited = seconds(d.StartedAt.Sub(d.RequestedAt).Milliseconds())
		}
		return []string{sourceWord(d.Source), dash(d.Source.Branch), number(d.Previous), waited, stepTimes(d.Steps)}
	})
}

// stepTimes is how long each step took, on one line: "fetch 0.1s, build 2.6s".
func stepTimes(steps []slot.Step) string {
	var parts []string
	for _, s := range steps {
		parts = append(parts, fmt.Sprintf("%s %s", s.Name, seconds(s.DurationMS)))
	}
	return dash(strings.Join(parts, ", "))
}

func releasesWide(r api.Releases, header []string, rows [][]string) ([]string, [][]string) {
	return widened(header, rows, []string{"SOURCE", "AUTHOR", "FRAMEWORK", "ARTEFACT", "DEPLOYMENT", "MADE"}, func(i int) []string {
		rel := r.Releases[i]
		return []string{
			sourceWord(rel.Source), dash(rel.Source.Author), dash(rel.Framework), number(rel.Artefact),
			number(int(rel.Deployment)), rel.CreatedAt.UTC().Format(time.RFC3339),
		}
	})
}

func deliveriesWide(all []slot.Delivery, header []string, rows [][]string) ([]string, [][]string) {
	return widened(header, rows, []string{"ID", "REPEATS", "SHA256"}, func(i int) []string {
		return []string{dash(all[i].ID), number(int(all[i].Replay)), dash(all[i].Digest)}
	})
}

func backupsWide(all []slot.Backup, header []string, rows [][]string) ([]string, [][]string) {
	return widened(header, rows, []string{"TAKEN", "SHA256"}, func(i int) []string {
		return []string{all[i].TakenAt.UTC().Format(time.RFC3339), dash(all[i].SHA256)}
	})
}

// sourceWord is where a commit came from, without what an address hides.
func sourceWord(s slot.Source) string { return dash(slot.RedactAddress(s.Repository)) }

// number is n, "-" for none.
func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}
