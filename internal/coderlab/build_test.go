package coderlab_test

import (
	"os/exec"
	"testing"
)

// buildSlot compiles slot and returns the folder it is in.
func buildSlot(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir, "../../cmd/slot").CombinedOutput(); err != nil {
		t.Fatalf("cannot build slot: %v\n%s", err, out)
	}
	return dir
}
