package commands

import (
	"fmt"
	"time"

	"github.com/slot-paas/slot/slot"
)

// printStats sums the deployments up: a row for each slot that has some, and
// the steps where one slot was asked for.
func printStats(w *World, n slot.Name, all []slot.Deployment, asJSON bool) error {
	sums := []slot.Statistics{}
	for _, name := range slot.Names() {
		if s := slot.Summarize(name, all); name == n || n == "" && s.Deploys+s.Rollbacks+s.Others > 0 {
			sums = append(sums, s)
		}
	}
	if asJSON {
		return printJSON(w.Out, sums)
	}
	if len(sums) == 0 {
		fmt.Fprintln(w.Err, "no deployment is kept of that time")
		return nil
	}
	header, rows := statsTable(sums, time.Now())
	if err := printTable(w.Out, header, rows); err != nil || n == "" || len(sums[0].Steps) == 0 {
		return err
	}
	fmt.Fprintln(w.Out)
	header, rows = stepsTable(sums[0].Steps)
	return printTable(w.Out, header, rows)
}

func statsTable(sums []slot.Statistics, now time.Time) (header []string, rows [][]string) {
	for _, s := range sums {
		rate, median, p95 := "-", "-", "-"
		if s.Live+s.Failed > 0 {
			rate = fmt.Sprintf("%.0f%%", 100*s.Success)
		}
		if s.Live > 0 {
			median, p95 = seconds(s.MedianMS), seconds(s.P95MS)
		}
		rows = append(rows, []string{
			string(s.Slot), fmt.Sprint(s.Deploys), fmt.Sprint(s.Live), fmt.Sprint(s.Failed), fmt.Sprint(s.Canceled),
			rate, median, p95, fmt.Sprint(s.Rollbacks), age(s.LastDeploy, now),
		})
	}
	return []string{"SLOT", "DEPLOYS", "LIVE", "FAILED", "CANCELED", "SUCCESS", "MEDIAN", "P95", "ROLLBACKS", "LAST"}, rows
}

func stepsTable(steps []slot.StepStatistics) (header []string, rows [][]string) {
	for _, s := range steps {
		rows = append(rows, []string{
			dash(string(s.Name)), fmt.Sprint(s.Runs), fmt.Sprint(s.Failed), seconds(s.MedianMS), seconds(s.P95MS),
		})
	}
	return []string{"STEP", "RUNS", "FAILED", "MEDIAN", "P95"}, rows
}
