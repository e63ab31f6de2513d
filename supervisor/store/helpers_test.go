package store_test

import (
	"os"
	"testing"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// open opens a store in home and closes it at the end of the test.
func open(t *testing.T, home string) *store.Store {
	t.Helper()
	s, err := store.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// reopen closes s and opens its home anew, as the next daemon does.
func reopen(t *testing.T, s *store.Store) *store.Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, s.Layout().Home)
}

func setBranch(t *testing.T, s *store.Store, branch string) {
	t.Helper()
	if err := s.UpdateConfig(branchTo(branch)); err != nil {
		t.Fatal(err)
	}
}

func branchTo(branch string) func(*slot.Config) error {
	return func(c *slot.Config) error {
		a := c.Slots["a"]
		a.Branch = branch
		c.Slots["a"] = a
		return nil
	}
}

func branch(s *store.Store) string { return s.Config().Slots["a"].Branch }

func put(t *testing.T, path, contents string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(contents), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func wantKind(t *testing.T, err error, kind slot.Kind) *slot.Error {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", kind)
	}
	e := slot.AsError(err)
	if e.Kind != kind {
		t.Fatalf("%v has kind %s, want %s", err, e.Kind, kind)
	}
	return e
}
