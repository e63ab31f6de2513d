package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

func TestCheckHome_TakesOnlyAFolderOfOurOwn(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"private": 0o700, "readable": 0o755, "group": 0o770, "world": 0o777} {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(dir, "file"), "")
	for name, want := range map[string]string{
		"missing": "", "private": "", "readable": "",
		"group": "others may write to it (mode 0770)", "world": "others may write to it (mode 0777)",
		"file": "it is not a folder",
	} {
		t.Run(name, func(t *testing.T) {
			home := filepath.Join(dir, name)
			err := store.CheckHome(home)
			if want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			e := wantKind(t, err, slot.KindRefused)
			if !strings.HasSuffix(err.Error(), want) {
				t.Errorf("got %q, want %q", err, want)
			}
			if name != "file" && e.Hint != "chmod 700 "+home {
				t.Errorf("got hint %q", e.Hint)
			}
		})
	}
}

func TestCheckHome_RefusesAnotherUsersFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chown(dir, 4711, -1); err != nil {
		needRoot(t, err)
	}
	wantKind(t, store.CheckHome(dir), slot.KindRefused)
	_, err := store.Open(dir)
	wantKind(t, err, slot.KindRefused)
}

func TestOpen_MakesAPrivateHome(t *testing.T) {
	home := filepath.Join(t.TempDir(), "new", "home")
	s := open(t, home)
	l := s.Layout()
	for _, dir := range []string{home, l.Run(), l.Fifo(), l.Mirrors(), l.Cache(), l.Tmp(), l.Logs("e"), l.Storage("a"), l.Artefacts("c")} {
		info, err := os.Stat(dir)
		if err != nil || info.Mode() != os.ModeDir|0o700 {
			t.Errorf("%s: %v %v", dir, info.Mode(), err)
		}
	}
	if _, err := os.Stat(l.Config()); err == nil {
		t.Error("slots.json was written before any change")
	}
	if got := len(s.Config().Slots); got != 5 || s.ConfigError() != nil {
		t.Errorf("got %d slots, %v", got, s.ConfigError())
	}
}

func TestOpen_KeepsTheToken(t *testing.T) {
	s := open(t, t.TempDir())
	token := s.Token()
	if len(token) != 64 {
		t.Fatalf("the token has %d characters", len(token))
	}
	if err := os.Chmod(s.Layout().Secrets(), 0o644); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s)
	info, err := os.Stat(s.Layout().Secrets())
	if s.Token() != token || err != nil || info.Mode() != 0o600 {
		t.Errorf("other token, or mode %v %v", info.Mode(), err)
	}
}

func TestOpen_RefusesASecondDaemon(t *testing.T) {
	home := t.TempDir()
	first := open(t, home)
	_, err := store.Open(home)
	e := wantKind(t, err, slot.KindFailed)
	if want := fmt.Sprintf("another daemon uses %s (pid %d)", home, os.Getpid()); err.Error() != want || e.Hint != "slot status" {
		t.Errorf("got %q, hint %q", err, e.Hint)
	}
	reopen(t, first)
	if err := first.UpdateState("a", func(s *slot.SlotState) error { s.Release = 1; return nil }); err == nil {
		t.Error("a closed store wrote")
	}
}

func TestOpen_NamesTheDamagedFile(t *testing.T) {
	for name, row := range map[string]struct {
		path     func(store.Layout) string
		contents string
	}{
		"torn state":            {func(l store.Layout) string { return l.State("b") }, `{"desired":"run`},
		"torn secrets":          {store.Layout.Secrets, ``},
		"short token":           {store.Layout.Secrets, `{"token":"abc"}`},
		"torn release":          {func(l store.Layout) string { return l.Release("b", 7) }, `{`},
		"release of other slot": {func(l store.Layout) string { return l.Release("b", 7) }, `{"id":7,"slot":"a"}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			s.Close()
			path := row.path(s.Layout())
			put(t, path, row.contents)
			_, err := store.Open(s.Layout().Home)
			wantKind(t, err, slot.KindFailed)
			if !strings.Contains(err.Error(), "cannot read "+path) || read(t, path) != row.contents {
				t.Errorf("got %v", err)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			open(t, s.Layout().Home) // the lock was given back
		})
	}
}
