package builtin_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/slot-paas/slot/hooks/builtin"
)

func TestMain(m *testing.M) {
	if handled, code := builtin.Main(os.Args); handled {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

func TestMain_LeavesOtherArgumentsAlone(t *testing.T) {
	for _, args := range [][]string{nil, {"slot"}, {"slot", "status"}, {"slot", "deploy", "__hook"}} {
		if handled, code := builtin.Main(args); handled || code != 0 {
			t.Errorf("%q was handled with %d", args, code)
		}
	}
}

func TestMain_RefusesToServeByHand(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"does nothing when it is run by hand":     {"__hook", "node"},
		"takes the names of built-in hooks":       {"__hook", "cobol"},
		"is for slot itself and takes the names ": {"__hook"},
	} {
		cmd := exec.Command(exe, args...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		err := cmd.Run()
		if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%q: %v, %s", args, err, stderr.String())
		}
	}
}
