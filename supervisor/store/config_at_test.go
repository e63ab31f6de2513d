package store_test

import (
	"fmt"
	"testing"
	"time"
)

func TestConfigAt_KnowsWhatWasInForceAndWhereThatIsForgotten(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "zero")
	var at []time.Time
	for i := range 3 {
		setBranch(t, s, fmt.Sprint("b", i))
		at = append(at, time.Now())
	}
	for i, when := range at {
		c, ok := s.ConfigAt(when)
		if got, want := c.Slots["a"].Branch, fmt.Sprint("b", i); !ok || got != want {
			t.Errorf("at change %d: branch %q, %v, want %q", i, got, ok, want)
		}
	}
	for i := range 25 {
		setBranch(t, s, fmt.Sprint("c", i))
	}
	if c, ok := s.ConfigAt(at[0]); ok {
		t.Errorf("what was forgotten is known: %q", c.Slots["a"].Branch)
	}
}
