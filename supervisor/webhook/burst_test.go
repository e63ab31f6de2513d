package webhook_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestReceive_WritesDownEveryDeliveryOfABurst(t *testing.T) {
	d := open(t)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			for k := range 30 {
				commit := fmt.Sprintf("%040x", 1+i*100+k)
				if got := d.github(t, "push", push(set("after", commit))); got.status != 202 {
					t.Errorf("answered %d: %s", got.status, got)
				}
			}
		})
	}
	wg.Wait()
	home := d.store.Layout().Home
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	numbers, commits := map[int64]bool{}, map[string]bool{}
	for _, rec := range reopened(t, home).Deliveries(0) {
		numbers[rec.Number], commits[rec.Pushes[0].After] = true, true
		if len(rec.Decisions) != 2 || rec.Decisions[0].Verdict != slot.VerdictDeploy {
			t.Errorf("recorded %+v", rec)
		}
	}
	if len(numbers) != 300 || len(commits) != 300 {
		t.Errorf("%d numbers, %d commits are on disk", len(numbers), len(commits))
	}
}
