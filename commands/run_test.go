package commands_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun_GivesTheCommandTheTerminal(t *testing.T) {
	bin, dir, base := buildSlot(t), t.TempDir(), freePorts()
	if err := os.MkdirAll(filepath.Join(dir, "site"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "site", "index.html"), []byte("a site"), 0o644); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "CI=", "PS1=$ ",
		"SLOT_HOME=" + filepath.Join(dir, "state"), fmt.Sprintf("SLOT_BASE_PORT=%d", base), "SLOT_ADMIN_PORT=0", "SLOT_WEBHOOK_PORT=0",
	}
	slot := func(args ...string) {
		t.Helper()
		cmd := exec.Command(filepath.Join(bin, "slot"), args...)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("slot %v: %v\n%s", args, err, out)
		}
	}
	slot("deploy", "a", filepath.Join(dir, "site"))
	t.Cleanup(func() { slot("down") })
	term := newTerminal(t, dir, env...)

	// Both ends are the terminal, and the command reads from it.
	term.press(`clear; slot run a -- sh -c 'test -t 0 && test -t 1 && echo say: && read x && echo "got <$x> in $SLOT_NAME"'; echo code $?.`, "Enter")
	term.wait(`(?m)^say:`)
	term.press("something", "Enter")
	term.wait(`(?s)got <something> in a\n.*code 0\.`)

	// Ctrl+C is the command's, once: what it makes of it counts.
	term.press(`clear; slot run a -- sh -c 'trap "echo caught" INT; echo ready; sleep 60; echo woke; exit 9'; echo code $?.`, "Enter")
	term.wait(`(?m)^ready`)
	term.press("C-c")
	screen := term.wait(`(?s)woke\n.*code 9\.`)
	if strings.Count(screen, "\ncaught")+strings.Count(screen, "^Ccaught") != 1 {
		t.Errorf("it was interrupted more or less than once:\n%s", screen)
	}
	term.press(`clear; slot run a -- sh -c 'echo ready; exec sleep 60'; echo code $?.`, "Enter")
	term.wait(`(?m)^ready`)
	term.press("C-c")
	term.wait(`code 130\.`)
}
