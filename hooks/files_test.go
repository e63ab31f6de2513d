package hooks_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/slot-paas/slot/hooks"
)

func TestFiles_ReadsOnlyRegularFilesOfTheApp(t *testing.T) {
	dir := t.TempDir()
	app := filepath.Join(dir, "app")
	if err := os.MkdirAll(filepath.Join(app, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"secret": []byte("s"), "app/ok": []byte("fine"), "app/large": make([]byte, hooks.MaxFile+1), "app/full": make([]byte, hooks.MaxFile),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"inside": "ok", "outside": "../secret", "absolute": "/etc/passwd", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(app, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(app, "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := hooks.OpenFiles(app)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	for name, readable := range map[string]bool{
		"ok": true, "inside": true, "full": true, "large": false, "outside": false, "absolute": false,
		"loop": false, "fifo": false, "sub": false, "../secret": false, "/etc/passwd": false, "missing": false,
	} {
		if _, err := files.Read(name); (err == nil) != readable {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := files.Read("missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v for a missing file", err)
	}
	if files.Exists("outside") || files.Exists("sub") || !files.Exists("inside") || !files.IsDir("sub") {
		t.Error("Exists or IsDir is wrong")
	}
	if got := files.First("missing", "sub", "inside", "ok"); got != "inside" {
		t.Errorf("First gives %q", got)
	}
	if entries, err := files.List("nowhere"); err != nil || len(entries) != 0 {
		t.Errorf("got %v, %v", entries, err)
	}
}
