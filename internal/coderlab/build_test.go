package coderlab_test

import (
	"os/exec"
	"testing"
)

// buildSlot compiles slot and slot-coder and returns the folder they are in.
func buildSlot(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir, "../../cmd/slot", "../../cmd/slot-coder").CombinedOutput(); err != nil {
		t.Fatalf("cannot build slot: %v\n%s", err, out)
	}
	return dir
}
