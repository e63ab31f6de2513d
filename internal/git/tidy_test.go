package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestTidy_PacksAScatteredMirror(t *testing.T) {
	origin, run := repository(t, map[string]string{"f": "0"})
	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	var c Commit
	for i := range 25 {
		write(t, origin+"/f", fmt.Sprint(i+1))
		run("commit", "-qam", fmt.Sprint("Commit ", i))
		var err error
		if c, err = g.Fetch(t.Context(), "file://"+origin, mirror, ""); err != nil {
			t.Fatal(err)
		}
		// A pack each, as fetches of many files leave them.
		if _, err := g.mirror(t.Context(), mirror, "", "repack", "-dq"); err != nil {
			t.Fatal(err)
		}
	}
	packs := func() int {
		all, err := filepath.Glob(mirror + "/objects/pack/*.pack")
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	before := packs()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Tidy(canceled, mirror, time.Now()); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if err := g.Tidy(t.Context(), mirror, time.Now()); err != nil {
		t.Fatal(err)
	}
	if after := packs(); before < 21 || after > 2 {
		t.Errorf("%d packs became %d", before, after)
	}
	dst := t.TempDir()
	if err := g.Export(t.Context(), mirror, c.Hash, dst, ""); err != nil || read(t, dst+"/f") != "25" {
		t.Error(err)
	}
}

func TestTidy_ForgetsWhatLFSBroughtLongAgo(t *testing.T) {
	origin, _ := repository(t, map[string]string{"f": "0"})
	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	if _, err := g.Fetch(t.Context(), "file://"+origin, mirror, ""); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"old": 2 * time.Hour, "new": 0} {
		file := mirror + "/lfs/objects/aa/bb/" + name
		write(t, file, name)
		when := time.Now().Add(-age)
		if err := os.Chtimes(file, when, when); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Tidy(t.Context(), mirror, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if exists(mirror+"/lfs/objects/aa/bb/old") || !exists(mirror+"/lfs/objects/aa/bb/new") {
		t.Error("the wrong ones were kept")
	}
}
