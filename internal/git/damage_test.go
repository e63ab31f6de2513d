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
	if err := g.Export(ctx, bin, "0000000", t.TempDir(), ""); !errors.Is(err, context.Canceled) {
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
	if c, err := g.CopyTree(t.Context(), src, t.TempDir(), "/nowhere"); err != nil || !c.Dirty {
		t.Errorf("got %+v, %v", c, err)
	}
}

// TestFetch_MendsADamagedMirror in a folder of the user's own repository,
// which must not be taken for the mirror.
func TestFetch_MendsADamagedMirror(t *testing.T) {
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, mirror string) {
			if err := os.RemoveAll(filepath.Join(mirror, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	spoil := func(pattern, text string) func(*testing.T, string) {
		return func(t *testing.T, mirror string) {
			files, err := filepath.Glob(filepath.Join(mirror, pattern))
			if err != nil || len(files) == 0 {
				t.Fatalf("no %s in the mirror: %v", pattern, err)
			}
			for _, file := range files {
				if fi, err := os.Stat(file); err != nil || fi.IsDir() {
					continue
				}
				if err := os.Remove(file); err != nil {
					t.Fatal(err)
				}
				write(t, file, text)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		damage func(t *testing.T, mirror string)
	}{
		{"without HEAD", remove("HEAD")},
		{"without objects", remove("objects")},
		{"without refs", remove("refs")},
		{"with no object left", func(t *testing.T, mirror string) {
			remove("objects")(t, mirror)
			if err := os.Mkdir(mirror+"/objects", 0o755); err != nil {
				t.Fatal(err)
			}
		}},
		{"an empty HEAD", spoil("HEAD", "")},
		{"a torn pack", spoil("objects/pack/*.pack", "PACK")},
		{"a torn index", spoil("objects/pack/*.idx", "x")},
		{"an empty pack", spoil("objects/pack/*.pack", "")},
		{"a torn list of refs", spoil("packed-refs", "nothing\x00of use")},
		{"a torn config", spoil("config", "[core")},
		{"a torn ref", spoil("refs/heads/*", "")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			origin, run := repository(t, map[string]string{"f": "1", "d/g": "x"})
			above, own := repository(t, map[string]string{"mine": "1"})
			own("branch", "kept")
			g, mirror := New(os.Environ()), filepath.Join(above, "m.git")
			if _, err := g.Fetch(t.Context(), "file://"+origin, mirror, ""); err != nil {
				t.Fatal(err)
			}
			if _, err := g.mirror(t.Context(), mirror, "", "repack", "-adq"); err != nil {
				t.Fatal(err)
			}
			if tt.name != "a torn ref" {
				if _, err := g.mirror(t.Context(), mirror, "", "pack-refs", "--all"); err != nil {
					t.Fatal(err)
				}
			}
			tt.damage(t, mirror)
			write(t, origin+"/f", "2")
			run("commit", "-qam", "Second")
			c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "")
			if err != nil || c.Subject != "Second" {
				t.Fatalf("got %+v, %v", c, err)
			}
			dst := t.TempDir()
			err = g.Export(t.Context(), mirror, c.Hash, dst, "")
			if Unreadable(err) {
				if err = Empty(dst, ""); err == nil {
					err = g.Renew(t.Context(), "file://"+origin, mirror, c.Hash)
				}
				if err == nil {
					err = g.Export(t.Context(), mirror, c.Hash, dst, "")
				}
			}
			if err != nil || read(t, dst+"/f") != "2" || read(t, dst+"/d/g") != "x" {
				t.Errorf("export: %v", err)
			}
			if branches := own("branch", "--format=%(refname:short)"); branches != "kept\nmain" {
				t.Errorf("the user's own repository has now %q", branches)
			}
		})
	}
}

func TestExport_SaysThatTheMirrorLacksFiles(t *testing.T) {
	origin, run := repository(t, map[string]string{"f": "1"})
	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "")
	if err != nil {
		t.Fatal(err)
	}
	blob := run("rev-parse", "HEAD:f")
	if err := os.Remove(filepath.Join(mirror, "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	dst := t.TempDir()
	if err := g.Export(t.Context(), mirror, c.Hash, dst, ""); !Unreadable(err) {
		t.Errorf("got %v", err)
	}
	if err := g.Renew(t.Context(), "file://"+origin, mirror, c.Hash); err != nil {
		t.Fatal(err)
	}
	if err := g.Export(t.Context(), mirror, c.Hash, dst, ""); err != nil || read(t, dst+"/f") != "1" {
		t.Errorf("got %v", err)
	}
}
