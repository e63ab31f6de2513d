package coderlab

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// BuildSlot compiles slot and slot-coder and returns the folder they are in.
func BuildSlot(t testing.TB) string {
	t.Helper()
	dir, root := t.TempDir(), filepath.Join(sourceDir(), "../..")
	cmd := exec.Command("go", "build", "-o", dir, "./cmd/slot", "./cmd/slot-coder")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cannot build slot: %v\n%s", err, out)
	}
	return dir
}
