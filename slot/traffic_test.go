package slot_test

import (
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestLatency_Quantile(t *testing.T) {
	l := slot.Latency{Seconds: []float64{0.1, 1, 10}, Counts: []int64{90, 9, 0, 1}}
	for q, want := range map[float64]float64{0: 0.1, 0.5: 0.1, 0.89: 0.1, 0.95: 1, 0.98: 1, 0.995: 10, 1: 10} {
		if got := l.Quantile(q); got != want {
			t.Errorf("Quantile(%v) = %v, want %v", q, got, want)
		}
	}
	if got := (slot.Latency{Seconds: []float64{1}, Counts: []int64{0, 0}}).Quantile(0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestRecent_Rate(t *testing.T) {
	r := slot.Recent{Step: 5, Requests: []int64{1000, 10, 20, 7}, Failures: []int64{1000, 0, 3, 7}}
	for _, row := range []struct {
		window            time.Duration
		perSecond, failed float64
	}{
		{10 * time.Second, 3, 0.1},
		{5 * time.Second, 4, 0.15},
		{time.Second, 0, 0},
		{time.Hour, 1030.0 / 15, 1003.0 / 1030},
	} {
		if p, f := r.Rate(row.window); p != row.perSecond || f != row.failed {
			t.Errorf("Rate(%v) = %v, %v; want %v, %v", row.window, p, f, row.perSecond, row.failed)
		}
	}
	if p, f := (slot.Recent{}).Rate(time.Minute); p != 0 || f != 0 {
		t.Errorf("of nothing: %v, %v", p, f)
	}
}
