package hooks_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/slot-paas/slot/hooks"
)

func TestLend_FollowsWhatTheUserHas(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "deep", "home")
	lend := func() {
		t.Helper()
		if err := hooks.Lend(from, to, "settings", "credentials"); err != nil {
			t.Fatal(err)
		}
	}
	read := func() string {
		data, _ := os.ReadFile(filepath.Join(to, "settings")) // "" when it is not there
		return string(data)
	}
	lend()
	for _, text := range []string{"first", "second"} {
		if err := os.WriteFile(filepath.Join(from, "settings"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		lend()
		if got := read(); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	if err := os.Remove(filepath.Join(from, "settings")); err != nil {
		t.Fatal(err)
	}
	lend()
	if entries, err := os.ReadDir(to); err != nil || len(entries) != 0 {
		t.Errorf("got %v, %v", entries, err)
	}
}

func TestLend_LeavesTheToolsOwnFilesAlone(t *testing.T) {
	to := t.TempDir()
	if err := os.WriteFile(filepath.Join(to, "settings"), []byte("own"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := hooks.Lend(t.TempDir(), to, "settings"); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(to, "settings")); err != nil || string(data) != "own" {
		t.Errorf("got %q, %v", data, err)
	}
}
