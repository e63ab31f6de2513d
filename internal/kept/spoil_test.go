package kept

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestCache_IsNotSpoiledByAWriteInPlace lets the app of one release write into
// its modules, by root, whom read-only does not bind, and by anybody else.
func TestCache_IsNotSpoiledByAWriteInPlace(t *testing.T) {
	if os.Getuid() == 0 {
		t.Run("by nobody", asNobody)
	}
	c := modules(t.TempDir(), "k")
	first := install(t, "one")
	if _, err := c.Save(first, note{}); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(t.TempDir(), "node_modules")
	if _, ok, err := c.Restore(second, &note{}); !ok || err != nil {
		t.Fatalf("got %v, %v", ok, err)
	}
	// In place, as an app may: the file stays the same one.
	f, err := os.OpenFile(second+"/pkg/index.js", os.O_WRONLY|os.O_TRUNC, 0)
	switch {
	case err == nil:
		if _, err := f.WriteString("two"); err != nil {
			t.Fatal(err)
		}
		f.Close()
	case !errors.Is(err, fs.ErrPermission):
		t.Fatal(err)
	}
	if os.Getuid() == 0 && content(t, second+"/pkg/index.js") != "two" {
		t.Error("root could not write: this test shows nothing")
	}
	if got := content(t, first+"/pkg/index.js"); got != "one" {
		t.Errorf("the release before has %q now", got)
	}
	third := filepath.Join(t.TempDir(), "node_modules")
	if _, ok, err := c.Restore(third, &note{}); !ok || err != nil || content(t, third+"/pkg/index.js") != "one" {
		t.Errorf("the release after: %v, %v", ok, err)
	}
}

// TestCache_ServesNobodyWhatAnAppMadeWritable is an app that takes the
// protection away first: its file is then the cache's where files are shared.
func TestCache_ServesNobodyWhatAnAppMadeWritable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Run("by nobody", asNobody)
	}
	c := modules(t.TempDir(), "k")
	if _, err := c.Save(install(t, "one"), note{}); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(t.TempDir(), "node_modules")
	if _, ok, err := c.Restore(second, &note{}); !ok || err != nil {
		t.Fatalf("got %v, %v", ok, err)
	}
	if err := os.Chmod(second+"/pkg/index.js", 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(second+"/pkg/index.js", []byte("two"), 0o644); err != nil {
		t.Fatal(err)
	}
	third := filepath.Join(t.TempDir(), "node_modules")
	_, ok, err := c.Restore(third, &note{})
	if err != nil {
		t.Fatal(err)
	}
	if ok && content(t, third+"/pkg/index.js") != "one" {
		t.Error("the release after got what another wrote")
	}
}

// asNobody runs the test again as a user without privileges, in a copy of the
// program that this user can reach.
func asNobody(t *testing.T) {
	dir := t.TempDir()
	exe, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "test")
	if err := errors.Join(os.WriteFile(program, exe, 0o755), os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	home, err := os.MkdirTemp(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(home, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	name := filepath.Dir(t.Name())
	cmd := exec.Command(program, "-test.run", "^"+name+"$", "-test.v")
	cmd.Dir, cmd.Env = "/", []string{"TMPDIR=" + home, "HOME=" + home, "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestEntries_ListsTheOldestFirst(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/tool/state", 0o755); err != nil { // a hook's own
		t.Fatal(err)
	}
	for key, cache := range map[string]string{"new": "modules", "old": "venvs", "middle": "modules"} {
		c := modules(filepath.Join(dir, cache), key)
		if _, err := c.Save(install(t, "x"), note{}); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-map[string]time.Duration{"new": 0, "middle": time.Hour, "old": 2 * time.Hour}[key])
		if err := os.Chtimes(filepath.Join(c.Dir, key, recordName), when, when); err != nil {
			t.Fatal(err)
		}
	}
	all, err := Entries(dir)
	if err != nil || len(all) != 3 || all[0].Dir != dir+"/venvs/old" || all[1].Dir != dir+"/modules/middle" || all[2].Dir != dir+"/modules/new" {
		t.Errorf("got %v, %v", all, err)
	}
}
