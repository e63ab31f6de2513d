package commands_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// terminal is a real one: a tmux session with a shell.
type terminal struct {
	t      *testing.T
	socket string
}

func newTerminal(t *testing.T, dir string, env ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("SLOT_TEST_STRICT") != "" {
			t.Fatal("tmux is missing")
		}
		t.Skip("tmux is missing")
	}
	term := &terminal{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	args := []string{"-S", term.socket, "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "-c", dir, "env"}
	term.tmux(append(append(args, env...), "sh")...)
	t.Cleanup(func() { term.tmux("kill-server") })
	term.wait(`[$#] `)
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	if args[0] != "-S" {
		args = append([]string{"-S", term.socket}, args...)
	}
	out, err := exec.Command("tmux", args...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// press sends keys by tmux's names; a text is typed as it is.
func (term *terminal) press(keys ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys"}, keys...)...)
}

// wait returns the screen once it matches.
func (term *terminal) wait(pattern string) string {
	term.t.Helper()
	re, screen := regexp.MustCompile(pattern), ""
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if screen = term.tmux("capture-pane", "-p", "-J"); re.MatchString(screen) {
			return screen
		}
		<-time.After(20 * time.Millisecond)
	}
	term.t.Fatalf("%q never stood on the screen:\n%s", pattern, screen)
	return ""
}

// waitForKeys returns once the program reads single keys: what is typed while
// the terminal still collects a line is lost to the prompt.
func (term *terminal) waitForKeys() {
	term.t.Helper()
	tty := strings.TrimSpace(term.tmux("display-message", "-p", "#{pane_tty}"))
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if out, err := exec.Command("stty", "-F", tty, "-a").Output(); err == nil && strings.Contains(string(out), "-icanon") {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	term.t.Fatal("the program never asked for keys")
}

func TestDeploy_AsksForTheRepositoryInATerminal(t *testing.T) {
	bin, dir, base := buildSlot(t), t.TempDir(), freePorts()
	if err := os.MkdirAll(filepath.Join(dir, "site"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "site", "index.html"), []byte("asked for"), 0o644); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "CI=", "PS1=$ ",
		"SLOT_HOME=" + filepath.Join(dir, "state"), fmt.Sprintf("SLOT_BASE_PORT=%d", base), "SLOT_ADMIN_PORT=0", "SLOT_WEBHOOK_PORT=0",
	}
	t.Cleanup(func() {
		cmd := exec.Command(filepath.Join(bin, "slot"), "down")
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("slot down: %v\n%s", err, out)
		}
	})
	term := newTerminal(t, dir, env...)

	term.press("slot deploy c", "Enter")
	term.wait(`What should slot c run\?`)
	term.waitForKeys()
	term.press("./nothing", "Enter")
	term.wait(`there is no such folder`)
	term.waitForKeys()
	term.press("C-c")
	screen := term.wait(`slot: canceled`)
	if strings.Contains(screen, "release") {
		t.Errorf("something was deployed:\n%s", screen)
	}

	term.press("clear; slot deploy c", "Enter")
	term.wait(`What should slot c run\?`)
	term.waitForKeys()
	term.press("site", "Enter")
	term.wait(fmt.Sprintf(`http://127\.0\.0\.1:%d`, base+2))
	if _, body, err := fetch(fmt.Sprintf("http://127.0.0.1:%d", base+2)); err != nil || body != "asked for" {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestHooksTrust_AsksInATerminal(t *testing.T) {
	bin, dir := buildSlot(t), t.TempDir()
	file := filepath.Join(dir, ".local/share/slot/hooks/slot-hook-static")
	if out, err := exec.Command("go", "build", "-o", file, "../cmd/slot-hook-static").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Chmod(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(dir, "state", "hooks.lock")
	term := newTerminal(t, dir, "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+dir, "CI=", "PS1=$ ", "XDG_DATA_HOME=", "SLOT_HOOK_PATH=",
		"SLOT_HOME="+filepath.Join(dir, "state"))
	// Sums, so that what was typed is not taken for what was printed.
	trust := func(round int) {
		term.press(fmt.Sprintf("clear; echo round $((%d+0)); slot hooks trust static; echo code $?.", round), "Enter")
		term.wait(fmt.Sprintf(`(?s)round %d\n.*sha256  [0-9a-f]{64}.*Let hook static run as you\? \(y/N\)`, round))
		term.waitForKeys()
	}
	for round, keys := range [][]string{{"Enter"}, {"n", "Enter"}, {"C-c"}} {
		trust(round)
		term.press(keys...)
		term.wait(`(?s)slot: canceled.*code 8\.`)
		if _, err := os.Stat(lock); err == nil {
			t.Fatalf("%s trusted the hook", keys)
		}
	}
	trust(3)
	term.press("y", "Enter")
	term.wait(`(?s)trusted; the next deployment may use it.*code 0\.`)
	term.press("clear; echo round $((4+0)); slot hooks untrust static; slot hooks trust static -y; echo code $?.", "Enter")
	screen := term.wait(`(?s)round 4\n.*code 0\.`)
	if strings.Contains(screen, "Let hook") || !strings.Contains(screen, "trusted; the next") {
		t.Errorf("--yes asked, or did not trust:\n%s", screen)
	}
}
