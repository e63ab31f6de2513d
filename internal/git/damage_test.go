package git

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestFetch_ReplacesAMirrorThatAKillLeftLocked(t *testing.T) {
	origin, run := repository(t, map[string]string{"f": "1"})
	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	if _, err := g.Fetch(t.Context(), "file://"+origin, mirror, ""); err != nil {
		t.Fatal(err)
	}
	write(t, mirror+"/refs/heads/main.lock", "")
	write(t, origin+"/f", "2")
	run("commit", "-qam", "Second")
	c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "")
	if err != nil || c.Subject != "Second" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestExport_SaysThatItWasCanceled(t *testing.T) {
	bin := t.TempDir()
	write(t, bin+"/git", "#!/bin/sh\nprintf torn\ntouch "+bin+"/began\nexec sleep 60\n")
	if err := os.Chmod(bin+"/git", 0o755); err != nil {
		t.Fatal(err)
	}
	g := New(os.Environ()) // with the real one
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); <-time.After(time.Millisecond) {
			if exists(bin + "/began") {
				return
			}
		}
	}()
	if err := g.Export(ctx, bin, "0000000", t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestGit_KeepsTheSettingsOfTheEnvironment(t *testing.T) {
	origin, _ := repository(t, map[string]string{"f": "1"})
	g := New(append(os.Environ(), "GIT_DIR=/nowhere", "GIT_OBJECT_DIRECTORY=/nowhere",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url."+origin+".insteadOf", "GIT_CONFIG_VALUE_0=https://example.invalid/app"))
	_, err := g.Fetch(t.Context(), "https://example.invalid/app", filepath.Join(t.TempDir(), "m.git"), "")
	if err != nil {
		t.Error(err)
	}
}

func TestCopyTree_TakesAFolderInTheMiddleOfAMerge(t *testing.T) {
	src, run := repository(t, map[string]string{"f": "1"})
	run("checkout", "-q", "-b", "dev")
	write(t, src+"/f", "dev")
	run("commit", "-qam", "Dev")
	run("checkout", "-q", "main")
	write(t, src+"/f", "main")
	run("commit", "-qam", "Main")
	g := New(append(os.Environ(), "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=a@example.com"))
	if _, err := g.run(t.Context(), src, "", "merge", "-q", "dev"); err == nil {
		t.Fatal("the merge has no conflict")
	}
	if _, dirty, err := g.CopyTree(t.Context(), src, t.TempDir(), "/nowhere"); err != nil || !dirty {
		t.Errorf("dirty %v, %v", dirty, err)
	}
}
