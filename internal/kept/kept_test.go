package kept

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type note struct{ Loose bool }

// modules is a cache with rules such as those for npm's folder.
func modules(dir, key string) Cache {
	return Cache{
		Dir: dir, Key: key,
		Skip: func(name string) bool { return name == ".cache" },
		Own:  func(rel string) bool { return strings.HasPrefix(rel, ".") },
		Whole: func(dir string) error {
			if _, err := os.Stat(filepath.Join(dir, ".package-lock.json")); err != nil {
				return errors.New("not finished")
			}
			return nil
		},
	}
}

// install writes a tree such as npm leaves.
func install(t *testing.T, code string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "node_modules")
	for name, data := range map[string]string{
		".package-lock.json": "{}", "pkg/index.js": code, "pkg/lib/deep/a.js": "a", "@scope/x/index.js": "x",
		".prisma/client/index.js": "generated", ".cache/babel/1.json": "scratch", "pkg/bin.js": "#!/usr/bin/env node\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../pkg/bin.js", filepath.Join(dir, ".bin", "pkg")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCache_RestoresWhatWasSaved(t *testing.T) {
	c := modules(t.TempDir(), "k")
	if _, err := c.Save(install(t, "one"), note{Loose: true}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "node_modules")
	var n note
	size, ok, err := c.Restore(dir, &n)
	if err != nil || !ok || !n.Loose || size == 0 {
		t.Fatalf("got %d, %v, %+v, %v", size, ok, n, err)
	}
	if content(t, dir+"/pkg/index.js") != "one" || content(t, dir+"/.bin/pkg") != "#!/usr/bin/env node\n" {
		t.Error("the tree differs")
	}
	if _, err := os.Stat(dir + "/.cache"); err == nil {
		t.Error("a tool's cache was kept")
	}
	if info, err := os.Stat(dir + "/.prisma/client/index.js"); err != nil || info.Mode()&0o200 == 0 {
		t.Errorf("what tools generate cannot be written: %v", err)
	}
	if _, ok, err := modules(c.Dir, "other").Restore(dir, &n); ok || err != nil {
		t.Errorf("another key gave %v, %v", ok, err)
	}
}

func TestCache_ReplacesModulesThatWereThere(t *testing.T) {
	c := modules(t.TempDir(), "k")
	if _, err := c.Save(install(t, "one"), note{}); err != nil {
		t.Fatal(err)
	}
	dir := install(t, "old")
	if _, ok, err := c.Restore(dir, &note{}); !ok || err != nil || content(t, dir+"/pkg/index.js") != "one" {
		t.Errorf("got %v, %v", ok, err)
	}
}

func TestCache_DropsATreeThatWasWrittenTo(t *testing.T) {
	for name, spoil := range map[string]func(tree string) error{
		"content": func(tree string) error {
			path := tree + "/pkg/index.js"
			if err := os.Chmod(path, 0o644); err != nil {
				return err
			}
			return os.WriteFile(path, []byte("two"), 0o644)
		},
		"missing": func(tree string) error { return os.Remove(tree + "/pkg/lib/deep/a.js") },
		"added":   func(tree string) error { return os.WriteFile(tree+"/pkg/new.js", nil, 0o444) },
		"torn":    func(tree string) error { return os.Remove(tree + "/.package-lock.json") },
	} {
		t.Run(name, func(t *testing.T) {
			c := modules(t.TempDir(), "k")
			if _, err := c.Save(install(t, "one"), note{}); err != nil {
				t.Fatal(err)
			}
			if err := spoil(filepath.Join(c.Dir, "k", treeName)); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "node_modules")
			for range 2 {
				if _, ok, err := c.Restore(dir, &note{}); ok || err != nil {
					t.Errorf("got %v, %v", ok, err)
				}
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("the spoilt tree was left in the app")
			}
		})
	}
}

func TestCache_KeepsTheKeysUsedLast(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 {
		c := modules(dir, fmt.Sprint("key", i))
		if _, err := c.Save(install(t, "x"), note{}); err != nil {
			t.Fatal(err)
		}
		// Files of one test are younger than the clock's step apart.
		when := time.Now().Add(time.Duration(i-10) * time.Hour)
		if err := os.Chtimes(filepath.Join(dir, c.Key, "record.json"), when, when); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 || entries[0].Name() != "key2" {
		t.Errorf("got %v, %v", entries, err)
	}
}

func TestCache_RefusesAFolderThatIsNotFinished(t *testing.T) {
	dir := install(t, "x")
	if err := os.Remove(dir + "/.package-lock.json"); err != nil {
		t.Fatal(err)
	}
	if _, err := modules(t.TempDir(), "k").Save(dir, note{}); err == nil {
		t.Error("it was saved")
	}
}
