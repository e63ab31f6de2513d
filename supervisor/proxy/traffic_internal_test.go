package proxy

import (
	"testing"
)

func TestRecent_ForgetsWhatIsOlderThanItsRing(t *testing.T) {
	var r recent
	for range 3 {
		r.add(0)
	}
	r.add(ticks - 1)
	if got := r.read(ticks - 1); got[0] != 3 || got[ticks-1] != 1 {
		t.Errorf("%v", got)
	}
	r.add(ticks) // takes the place of 0
	got := r.read(ticks)
	if got[ticks-1] != 1 || got[ticks-2] != 1 || got[0] != 0 {
		t.Errorf("%v", got)
	}
	if got := r.read(5 * ticks); sum(got) != 0 {
		t.Errorf("after five rings: %v", got)
	}
}

func sum(counts []int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}
