package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// needRoot skips a test that only root can run; under SLOT_TEST_STRICT=1 it
// fails.
func needRoot(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("SLOT_TEST_STRICT") == "1" {
		t.Fatalf("needs root: %v", err)
	}
	t.Skipf("needs root: %v", err)
}

func TestStore_KeepsTheOldContentsOnAFullDisk(t *testing.T) {
	home := t.TempDir()
	if err := syscall.Mount("tmpfs", home, "tmpfs", 0, "size=2m,mode=0700"); err != nil {
		needRoot(t, err)
	}
	t.Cleanup(func() { syscall.Unmount(home, syscall.MNT_DETACH) })
	s := open(t, home)
	setBranch(t, s, "main")
	d := begin(t, s, "a")
	if err := s.UpdateState("a", func(st *slot.SlotState) error { st.Release = 1; return nil }); err != nil {
		t.Fatal(err)
	}
	config, history := read(t, s.Layout().Config()), read(t, s.Layout().History())
	fill := filepath.Join(s.Layout().Tmp(), "fill")
	err := os.WriteFile(fill, make([]byte, 3<<20), 0o600)
	if err == nil {
		t.Fatal("the disk is not full")
	}

	large := strings.Repeat("x", 8192) // more than what is left in the history's last page
	full := func(name, path string, err error) {
		t.Helper()
		e := wantKind(t, err, slot.KindFailed)
		if want := "cannot write " + path + ": no space left on device"; err.Error() != want || !strings.Contains(e.Hint, "keeps the old contents") {
			t.Errorf("%s: got %q, hint %q", name, err, e.Hint)
		}
	}
	full("state", s.Layout().State("a"), s.UpdateState("a", func(st *slot.SlotState) error { st.Release = 2; return nil }))
	full("release", s.Layout().Release("a", 1), s.PutRelease(slot.Release{ID: 1, Slot: "a"}))
	_, err = s.BeginDeployment(slot.Deployment{Slot: "a", URL: large})
	full("history", s.Layout().History(), err)
	wantKind(t, s.UpdateConfig(branchTo("next")), slot.KindFailed)

	check := func(s *store.Store) {
		t.Helper()
		if branch(s) != "main" || s.State("a").Release != 1 || len(s.Releases("a")) != 0 || len(s.Deployments("", 0)) != 1 {
			t.Errorf("the store changed: %s, %+v, %d", branch(s), s.State("a"), len(s.Deployments("", 0)))
		}
	}
	check(s)
	if read(t, s.Layout().Config()) != config || read(t, s.Layout().History()) != history {
		t.Error("a file changed")
	}
	s = reopen(t, s)
	check(s)
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	setBranch(t, s, "next")
	if next := begin(t, s, "a"); next.ID != d.ID+1 {
		t.Errorf("got ID %d", next.ID)
	}
}

func TestStore_KeepsTheOldContentsWhenItCannotWrite(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "main")
	before := read(t, s.Layout().Config())
	// A folder in the place of the temporary file stops even root.
	if err := os.Mkdir(s.Layout().Config()+".tmp", 0o700); err != nil {
		t.Fatal(err)
	}
	err := s.UpdateConfig(branchTo("next"))
	wantKind(t, err, slot.KindFailed)
	if want := "cannot write " + s.Layout().Config() + ": is a directory"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if read(t, s.Layout().Config()) != before || branch(s) != "main" {
		t.Error("the configuration changed")
	}
}
