package store_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

func TestAwait_ReturnsWhenTheDaemonBeforeMakesRoom(t *testing.T) {
	home := t.TempDir() + "/state"
	if err := store.Await(home, time.Second); err != nil {
		t.Errorf("a home that is not there: %v", err)
	}
	s, err := store.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Await(home, 10*time.Millisecond); err == nil || !strings.Contains(err.Error(), "does not make room") || slot.AsError(err).Hint == "" {
		t.Errorf("in use: %v", err)
	}
	free := make(chan error, 1)
	go func() { free <- store.Await(home, time.Minute) }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-free; err != nil {
		t.Error(err)
	}
	// The first waiter, which gave up, has the lock for a moment too.
	tick, late := time.NewTicker(time.Millisecond), time.After(10*time.Second)
	defer tick.Stop()
	for s, err = store.Open(home); err != nil; s, err = store.Open(home) {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal(err)
		}
	}
	s.Close()
}

// A daemon that is killed before it has seen that slots.json was torn leaves
// what was in force.
func TestOpen_HasTheLastConfigurationWhereSlotsJSONIsTorn(t *testing.T) {
	home := t.TempDir() + "/state"
	s, err := store.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	for _, branch := range []string{"one", "two"} {
		err := s.UpdateConfig(func(c *slot.Config) error {
			a := c.Slots["a"]
			a.Branch = branch
			c.Slots["a"] = a
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	path := s.Layout().Config()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	s.Close() // it has not looked
	if got := store.LastGoodConfig(s.Layout()).Slots["a"].Branch; got != "two" {
		t.Errorf("the last good one has %q", got)
	}
	if s, err = store.Open(home); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.ConfigError() == nil || s.Config().Slots["a"].Branch != "two" {
		t.Errorf("in force is %q, %v", s.Config().Slots["a"].Branch, s.ConfigError())
	}
	if err := s.RestoreConfig(""); err != nil || s.ConfigError() != nil || s.Config().Slots["a"].Branch != "two" {
		t.Errorf("restored is %q, %v, %v", s.Config().Slots["a"].Branch, err, s.ConfigError())
	}
}
