package kept

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCopy_IsATreeThatNamesItsOwnPath(t *testing.T) {
	src, dst := filepath.Join(t.TempDir(), "old"), filepath.Join(t.TempDir(), "new")
	write := func(name, data string, mode fs.FileMode) {
		path := filepath.Join(src, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(data), 0o644), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
	}
	write("bin/run", "#!"+src+"/bin/python\n", 0o755)
	write("program", "\x00\x7fELF "+src+"/lib", 0o755)
	write("longer", "see "+src+"er/x", 0o644)
	write("data/left", "x", 0o644)
	write("packages/read-only", "x", 0o444)
	write("packages/written", "x", 0o644)
	for link, target := range map[string]string{"inside": src + "/bin/run", "relative": "bin/run", "outside": "/usr/bin/env"} {
		if err := os.Symlink(target, filepath.Join(src, link)); err != nil {
			t.Fatal(err)
		}
	}
	err := Copy(t.Context(), src, dst, CopyOptions{
		From: src + "/", To: dst + "/",
		Leave: func(rel string, _ fs.DirEntry) bool { return rel == "data" },
		Share: func(rel string) bool { return strings.HasPrefix(rel, "packages/") },
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"bin/run": "#!" + dst + "/bin/python\n", "program": "\x00\x7fELF " + src + "/lib", "longer": "see " + src + "er/x",
	} {
		if b, err := os.ReadFile(filepath.Join(dst, name)); err != nil || string(b) != want {
			t.Errorf("%s holds %q, %v", name, b, err)
		}
	}
	for name, want := range map[string]string{"inside": dst + "/bin/run", "relative": "bin/run", "outside": "/usr/bin/env"} {
		if got, err := os.Readlink(filepath.Join(dst, name)); err != nil || got != want {
			t.Errorf("%s leads to %q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dst, "data")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("data was copied: %v", err)
	}
	if info, err := os.Stat(filepath.Join(dst, "bin/run")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("bin/run is %v, %v", info, err)
	}
	// What can be written is never shared: a write stays in its own tree.
	if err := os.WriteFile(filepath.Join(dst, "packages/written"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(filepath.Join(src, "packages/written")); string(b) != "x" {
		t.Errorf("the source holds %q", b)
	}
}

func TestCopy_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Copy(ctx, t.TempDir(), filepath.Join(t.TempDir(), "x"), CopyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
