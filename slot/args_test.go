package slot_test

import (
	"os/exec"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestArgs_LeavesToTheShellWhatOnlyItKnows(t *testing.T) {
	for command, want := range map[string]string{
		"node server.js":   "exec node server.js",
		"exit 3":           "exit 3",
		". ./run.sh":       ". ./run.sh",
		"./run.sh":         "exec ./run.sh",
		":":                ":",
		"exec node x":      "exec node x",
		"A=1 node x":       "A=1 node x",
		"cd app && node x": "cd app && node x",
		"exits 3":          "exec exits 3",
		"export A=1":       "export A=1",
		"if-server --port": "exec if-server --port",
		"wait-for-it.sh x": "exec wait-for-it.sh x",
		"command node x":   "command node x",
	} {
		p := slot.Process{Shell: command}
		if got := p.Args(); got[2] != want {
			t.Errorf("%q becomes %q, want %q", command, got[2], want)
		}
	}
	p := slot.Process{Shell: "exit 3"}
	args := p.Args()
	err := exec.Command(args[0], args[1:]...).Run()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 3 {
		t.Errorf("exit 3 ends with %v", err)
	}
}
