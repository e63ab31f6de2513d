package node

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// install writes a tree such as npm leaves.
func install(t *testing.T, code string) string {
	t.Helper()
	modules := filepath.Join(t.TempDir(), "node_modules")
	for name, data := range map[string]string{
		".package-lock.json": "{}", "pkg/index.js": code, "pkg/lib/deep/a.js": "a", "@scope/x/index.js": "x",
		".prisma/client/index.js": "generated", ".cache/babel/1.json": "scratch", "pkg/bin.js": "#!/usr/bin/env node\n",
	} {
		path := filepath.Join(modules, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(modules, ".bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../pkg/bin.js", filepath.Join(modules, ".bin", "pkg")); err != nil {
		t.Fatal(err)
	}
	return modules
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
	c := &cache{dir: t.TempDir(), key: "k"}
	if _, err := c.save(install(t, "one"), true); err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(t.TempDir(), "node_modules")
	kept, err := c.restore(modules)
	if err != nil || kept == nil || !kept.OutOfSync || kept.Bytes == 0 {
		t.Fatalf("got %+v, %v", kept, err)
	}
	if content(t, modules+"/pkg/index.js") != "one" || content(t, modules+"/.bin/pkg") != "#!/usr/bin/env node\n" {
		t.Error("the tree differs")
	}
	if _, err := os.Stat(modules + "/.cache"); err == nil {
		t.Error("a tool's cache was kept")
	}
	if info, err := os.Stat(modules + "/.prisma/client/index.js"); err != nil || info.Mode()&0o200 == 0 {
		t.Errorf("what tools generate cannot be written: %v", err)
	}
	if kept, err := (&cache{dir: c.dir, key: "other"}).restore(modules); kept != nil || err != nil {
		t.Errorf("another key gave %+v, %v", kept, err)
	}
}

func TestCache_ReplacesModulesThatWereThere(t *testing.T) {
	c := &cache{dir: t.TempDir(), key: "k"}
	if _, err := c.save(install(t, "one"), false); err != nil {
		t.Fatal(err)
	}
	modules := install(t, "old")
	if kept, err := c.restore(modules); kept == nil || err != nil || content(t, modules+"/pkg/index.js") != "one" {
		t.Errorf("got %+v, %v", kept, err)
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
			c := &cache{dir: t.TempDir(), key: "k"}
			if _, err := c.save(install(t, "one"), false); err != nil {
				t.Fatal(err)
			}
			if err := spoil(filepath.Join(c.dir, "k", "node_modules")); err != nil {
				t.Fatal(err)
			}
			modules := filepath.Join(t.TempDir(), "node_modules")
			for range 2 {
				if kept, err := c.restore(modules); kept != nil || err != nil {
					t.Errorf("got %+v, %v", kept, err)
				}
			}
			if _, err := os.Stat(modules); err == nil {
				t.Error("the spoilt tree was left in the app")
			}
		})
	}
}

func TestCache_KeepsTheKeysUsedLast(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 {
		c := &cache{dir: dir, key: fmt.Sprint("key", i)}
		if _, err := c.save(install(t, "x"), false); err != nil {
			t.Fatal(err)
		}
		// Files of one test are younger than the clock's step apart.
		when := time.Now().Add(time.Duration(i-10) * time.Hour)
		if err := os.Chtimes(filepath.Join(dir, c.key, "record.json"), when, when); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 || entries[0].Name() != "key2" {
		t.Errorf("got %v, %v", entries, err)
	}
}

func TestCache_RefusesATreeThatNpmDidNotFinish(t *testing.T) {
	modules := install(t, "x")
	if err := os.Remove(modules + "/.package-lock.json"); err != nil {
		t.Fatal(err)
	}
	if _, err := (&cache{dir: t.TempDir(), key: "k"}).save(modules, false); err == nil {
		t.Error("it was saved")
	}
}
