package commands_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfig_AsksInATerminal(t *testing.T) {
	bin, dir := buildSlot(t), t.TempDir()
	env := []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "CI=", "PS1=$ ", "TMPDIR=" + dir, "VISUAL=",
		"EDITOR=" + filepath.Join(dir, "editor"), "SLOT_HOME=" + filepath.Join(dir, "state"), fmt.Sprintf("SLOT_BASE_PORT=%d", freePorts()), "SLOT_ADMIN_PORT=0", "SLOT_WEBHOOK_PORT=0",
	}
	slot := func(args ...string) string {
		cmd := exec.Command(filepath.Join(bin, "slot"), args...)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("slot %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	t.Cleanup(func() { slot("down") })
	// An editor that breaks the file the first time and mends it the second.
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write("editor", "#!/bin/sh\nif grep -q brnach \"$1\"; then sed -i s/brnach/branch/ \"$1\"; else sed -i 's/\"a\": {}/\"a\": {\"brnach\": \"dev\"}/' \"$1\"; fi\n")
	write("other.json", `{"version": 1, "slots": {"a": {"branch": "imported"}}}`)
	slot("config", "set", "b.branch=x")
	term := newTerminal(t, dir, env...)

	term.press("slot config edit; echo code $?.", "Enter")
	term.wait(`(?s)unknown key "slots.a.brnach".*Edit it again\? \(Y/n\)`)
	term.waitForKeys()
	term.press("n", "Enter")
	screen := term.wait(`(?s)your draft is kept in .*code 2\.`)
	if got := slot("config", "get", "a"); strings.TrimSpace(got) != "{}" {
		t.Errorf("the configuration changed to %s\n%s", got, screen)
	}

	term.press("clear; slot config edit; echo code $?.", "Enter")
	term.wait(`Edit it again\? \(Y/n\)`)
	term.waitForKeys()
	term.press("Enter")
	term.wait(`(?s)\+ a.branch = dev.*code 0\.`)

	term.press("clear; slot config import other.json; echo code $?.", "Enter")
	term.wait(`(?s)~ a.branch = imported \(was dev\).*Put this in force\? \(y/N\)`)
	term.waitForKeys()
	term.press("Enter")
	term.wait(`(?s)canceled; nothing is changed.*code 8\.`)
	term.press("clear; slot config import other.json; echo code $?.", "Enter")
	term.wait(`Put this in force\? \(y/N\)`)
	term.waitForKeys()
	term.press("y", "Enter")
	term.wait(`(?s)imported; .*code 0\.`)
	if got := slot("config", "get", "a.branch"); got != "imported\n" {
		t.Errorf("got %q", got)
	}

	// Secrets come to a screen only for those who ask.
	slot("env", "set", "a", "API_KEY=hunter2", "GREETING=hello")
	term.press("clear; slot env export a; echo code $?.", "Enter")
	screen = term.wait(`(?s)the values of API_KEY would stand on your screen.*code 2\.`)
	if strings.Contains(screen, "hunter2") || strings.Contains(screen, "hello") {
		t.Errorf("it was shown:\n%s", screen)
	}
	term.press("clear; slot env export a --reveal | cat; slot env export a --reveal; echo code $?.", "Enter")
	term.wait(`(?s)API_KEY=hunter2.*API_KEY=hunter2.*code 0\.`)
}
