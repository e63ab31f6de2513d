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

// TestCompletion_InRealShells installs the script with the command that does
// it, starts each shell in a terminal with what the command said, and presses
// Tab. PowerShell, which Debian has not, is known by its text alone: see
// TestCompletions_AreWhatTheCommandPrints.
func TestCompletion_InRealShells(t *testing.T) {
	bin, dir, base := buildSlot(t), t.TempDir(), freePorts()
	env := append(os.Environ(), "HOME="+dir, "SLOT_HOME="+filepath.Join(dir, "state"), "PATH="+bin+":"+os.Getenv("PATH"),
		"XDG_CONFIG_HOME=", "XDG_DATA_HOME=", "ZDOTDIR="+dir, "ZSH=", "GIT_CONFIG_GLOBAL=/dev/null",
		fmt.Sprint("SLOT_BASE_PORT=", base), fmt.Sprint("SLOT_ADMIN_PORT=", base+5), fmt.Sprint("SLOT_WEBHOOK_PORT=", base+6))
	slot := filepath.Join(bin, "slot")
	t.Cleanup(func() { down(slot, env) })
	sh := func(script string) string {
		t.Helper()
		cmd := exec.Command("sh", "-ec", script)
		cmd.Env, cmd.Dir = env, dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
		return string(out)
	}
	sh(`mkdir site
echo one > site/index.html
git -C site init -q -b main
git -C site add -A
git -C site -c user.name=Ada -c user.email=ada@example.com commit -qm One
git -C site branch feature-x
slot deploy a file://$PWD/site
slot deploy a
slot env set a GREETING=hello
slot config set a.root=`)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			program, err := exec.LookPath(shell)
			if err != nil {
				if os.Getenv("SLOT_TEST_STRICT") != "" {
					t.Fatalf("%s is missing", shell)
				}
				t.Skipf("%s is missing", shell)
			}
			prepareShell(t, shell, dir, sh)
			term := newTerminal(t, dir, append(env, "TERM=xterm", "SHELL="+program)...)
			start := map[string]string{"bash": "bash -i", "zsh": "zsh -i", "fish": "fish -i"}[shell]
			term.press("clear; exec "+start, "Enter")
			term.wait(`(?m)^ready> `)
			for _, at := range []struct{ typed, want string }{
				{"slot pro", `slot promote `},
				{"slot deploy ", `(?s)live site.*empty`},
				{"slot deploy a --branch fea", `--branch feature-x`},
				{"slot rollback a ", `1.*[0-9a-f]{7} One`},
				{"slot env unset a GR", `unset a GREETING`},
				{"slot config set a.bran", `config set a.branch=`},
				{"slot history show ", `a deploy live`},
				{"slot hooks inspect no", `hooks inspect node`},
			} {
				term.press("-l", at.typed)
				term.wait(regexp.QuoteMeta(strings.TrimSpace(at.typed)))
				term.press("Tab")
				if shell == "bash" && strings.HasSuffix(at.typed, " ") {
					term.press("Tab") // it lists at the second
				}
				screen := term.wait(at.want)
				if strings.Contains(screen, "command not found") {
					t.Fatalf("the script needs what is not there:\n%s", screen)
				}
				term.interrupt(`ready>\s*$`) // what is typed before is lost
				term.press("clear", "Enter")
				term.wait(`^\s*ready>\s*$`)
			}
		})
	}
}

// prepareShell installs the completion and does what the command says is left.
func prepareShell(t *testing.T, shell, dir string, sh func(string) string) {
	t.Helper()
	said := sh("slot completion install --shell " + shell)
	rc := map[string]string{
		"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish",
	}[shell]
	text := map[string]string{
		"bash": "PS1='ready> '\n", "zsh": "PS1='ready> '\n", "fish": "function fish_prompt; echo 'ready> '; end\nset -g fish_greeting\n",
	}[shell]
	if m := regexp.MustCompile(`(?s)add this line to \S+/(\S+):\n  (.*?)\n`).FindStringSubmatch(said); m != nil {
		if m[1] != rc {
			t.Errorf("%s was told to change %s", shell, m[1])
		}
		text += m[2] + "\n"
	}
	file := filepath.Join(dir, rc)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := sh("slot completion install --shell " + shell); !strings.Contains(said, "is there already") || strings.Contains(said, "add this line") {
		t.Errorf("a second time it says:\n%s", said)
	}
}

// interrupt presses Ctrl+C until the screen matches: a shell that still
// completes loses the key.
func (term *terminal) interrupt(pattern string) {
	term.t.Helper()
	re := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-time.After(300 * time.Millisecond) {
		if re.MatchString(term.tmux("capture-pane", "-p", "-J")) {
			return
		}
		term.press("C-c")
	}
	term.wait(pattern)
}
