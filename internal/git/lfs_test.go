package git

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// need returns the program's path. Without it the test is skipped, or fails
// where SLOT_TEST_STRICT=1 promises that it is there.
func need(t *testing.T, program string, elsewhere ...string) string {
	t.Helper()
	for _, name := range append([]string{program}, elsewhere...) {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("SLOT_TEST_STRICT") == "1" {
		t.Fatalf("%s is missing", program)
	}
	t.Skipf("%s is missing", program)
	return ""
}

// large makes a repository with a file in Git LFS and returns its commit.
func large(t *testing.T, files map[string]string) (origin, hash string, run func(...string) string) {
	t.Helper()
	need(t, "git-lfs")
	files[".gitattributes"] = "*.bin filter=lfs diff=lfs merge=lfs -text\n"
	origin, run = repository(t, map[string]string{"README": "about"})
	run("lfs", "install", "--local")
	for name, text := range files {
		write(t, origin+"/"+name, text)
	}
	run("add", "-A")
	run("commit", "-qm", "Large")
	return origin, run("rev-parse", "HEAD"), run
}

func TestExportLFS_PutsTheContentInPlaceOfThePointers(t *testing.T) {
	content := strings.Repeat("content ", 10_000)
	origin, _, run := large(t, map[string]string{"a.bin": content, "d/b.bin": "short"})
	for _, address := range []string{"file://" + origin, origin} {
		g, mirror, dst := New(os.Environ()), filepath.Join(t.TempDir(), "m.git"), t.TempDir()
		c, err := g.Fetch(t.Context(), address, mirror, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Export(t.Context(), mirror, c.Hash, dst, "sub"); err != nil {
			t.Fatal(err)
		}
		pointers, err := Pointers(dst, "sub")
		if err != nil || len(pointers) != 2 || pointers[0].Path != "a.bin" || pointers[1].Path != "d/b.bin" {
			t.Fatalf("got %v, %v", pointers, err)
		}
		if err := g.ExportLFS(t.Context(), address, mirror, c.Hash, dst, "sub", pointers); err != nil {
			t.Fatal(err)
		}
		if read(t, dst+"/sub/a.bin") != content || read(t, dst+"/sub/d/b.bin") != "short" {
			t.Error("the content differs")
		}
		if left, err := Pointers(dst, "sub"); err != nil || len(left) != 0 {
			t.Errorf("left %v, %v", left, err)
		}
		// A second time nothing is asked of the remote.
		if err := Empty(dst, ""); err != nil {
			t.Fatal(err)
		}
		if err := g.Export(t.Context(), mirror, c.Hash, dst, ""); err != nil {
			t.Fatal(err)
		}
		if err := g.ExportLFS(t.Context(), "file:///nowhere", mirror, c.Hash, dst, "", pointers); err != nil || read(t, dst+"/a.bin") != content {
			t.Errorf("a second time: %v", err)
		}
	}
	run("lfs", "fsck") // the origin is as it was
}

func TestExportLFS_NamesTheFileThatIsMissing(t *testing.T) {
	origin, hash, _ := large(t, map[string]string{"a.bin": "content"})
	if err := os.RemoveAll(origin + "/.git/lfs/objects"); err != nil {
		t.Fatal(err)
	}
	g, mirror, dst := New(os.Environ()), filepath.Join(t.TempDir(), "m.git"), t.TempDir()
	if _, err := g.Fetch(t.Context(), "file://"+origin, mirror, ""); err != nil {
		t.Fatal(err)
	}
	if err := g.Export(t.Context(), mirror, hash, dst, ""); err != nil {
		t.Fatal(err)
	}
	pointers, err := Pointers(dst, "")
	if err != nil {
		t.Fatal(err)
	}
	err = g.ExportLFS(t.Context(), "file://"+origin, mirror, hash, dst, "", pointers)
	if e := slot.AsError(err); err == nil || !strings.Contains(e.Error(), `"a.bin"`) || !strings.Contains(e.Hint, "git lfs push") {
		t.Errorf("got %v, hint %q", err, e.Hint)
	}
}

func TestExportLFS_KeepsFoldersOfThisMachineFromOthers(t *testing.T) {
	origin, hash, _ := large(t, map[string]string{"a.bin": "content", ".lfsconfig": "[lfs]\n\turl = file:///srv/private\n"})
	g, mirror, dst := New(os.Environ()), filepath.Join(t.TempDir(), "m.git"), t.TempDir()
	if _, err := g.Fetch(t.Context(), "file://"+origin, mirror, ""); err != nil {
		t.Fatal(err)
	}
	if err := g.Export(t.Context(), mirror, hash, dst, ""); err != nil {
		t.Fatal(err)
	}
	pointers, err := Pointers(dst, "")
	if err != nil {
		t.Fatal(err)
	}
	err = g.ExportLFS(t.Context(), "https://host.invalid/you/app", mirror, hash, dst, "", pointers)
	if slot.AsError(err).Kind != slot.KindRefused {
		t.Errorf("got %v", err)
	}
}

func TestPointers_LooksOnlyWhereLFSIsUsed(t *testing.T) {
	pointer := pointerBegin + "oid sha256:" + strings.Repeat("a", 64) + "\nsize 5\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  int
	}{
		{"a repository without LFS", map[string]string{"a.bin": pointer}, 0},
		{"attributes of a folder", map[string]string{"a.bin": pointer, "d/.gitattributes": "*.bin filter=lfs"}, 1},
		{"no pointer", map[string]string{"a.bin": "x", ".gitattributes": "*.bin filter=lfs"}, 0},
		{"a pointer without a sum", map[string]string{"a.bin": pointerBegin + "oid sha256:../../../x\nsize 5\n", ".gitattributes": "*.bin filter=lfs"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				write(t, dir+"/"+name, text)
			}
			if got, err := Pointers(dir, ""); err != nil || len(got) != tt.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestLFS_IsLeftToItsUser(t *testing.T) {
	need(t, "git-lfs")
	if !New(os.Environ()).LFS() {
		t.Error("git-lfs is there and not used")
	}
	if New(append(os.Environ(), "GIT_LFS_SKIP_SMUDGE=1")).LFS() {
		t.Error("it was turned off")
	}
	t.Setenv("PATH", t.TempDir())
	if New(os.Environ()).LFS() {
		t.Error("it is not installed")
	}
}
