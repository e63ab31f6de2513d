package coderlab_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coderlab"
)

// readme runs, as somebody and in the repository, the line of the template's
// README that begins so.
func readme(t *testing.T, lab *coderlab.Lab, as *coderlab.User, begins string) {
	t.Helper()
	text, err := os.ReadFile("../../coder/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, begins) {
			found = append(found, line)
		}
	}
	if len(found) != 1 {
		t.Fatalf("the README has %d lines that begin with %q", len(found), begins)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", found[0])
	cmd.Dir, cmd.Env = "../..", append(as.Env(), "PATH="+lab.Dir+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s%v\n%s", found[0], err, out)
	}
}
