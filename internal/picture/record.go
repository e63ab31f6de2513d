package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	columns = 112
	rows    = 70
	// longest bounds one recording; a deployment with npm takes seconds.
	longest = 5 * time.Minute
)

// record types commands into a terminal and returns its screen with the
// colours. A line after "$ " is shown as typed; others only prepare.
func record(ctx context.Context, program, commands string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	dir, err := os.MkdirTemp("", "slot-picture")
	if err != nil {
		return "", fmt.Errorf("cannot make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // root's PostgreSQL runs as another user
		return "", fmt.Errorf("cannot open the folder: %w", err)
	}
	program, err = filepath.Abs(program)
	if err != nil {
		return "", fmt.Errorf("cannot find the program: %w", err)
	}
	script := filepath.Join(dir, "typed.sh")
	if err := os.WriteFile(script, []byte(typed(commands)), 0o600); err != nil {
		return "", fmt.Errorf("cannot write the commands: %w", err)
	}
	env, err := environment(dir, filepath.Dir(program))
	if err != nil {
		return "", err
	}
	defer func() { _ = inTerminal(context.WithoutCancel(ctx), env, program, "down").Run() }() // what the commands started
	tmux := func(args ...string) *exec.Cmd {
		return inTerminal(ctx, env, "tmux", append([]string{"-f", "/dev/null", "-S", filepath.Join(dir, "tmux")}, args...)...)
	}
	if out, err := tmux("new-session", "-d", "-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows), "sh", script).CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot open a terminal: %w: %s", err, out)
	}
	defer func() { _ = tmux("kill-server").Run() }()
	if out, err := tmux("wait-for", "typed").CombinedOutput(); err != nil {
		return "", fmt.Errorf("the commands did not end: %w: %s", err, out)
	}
	screen, err := tmux("capture-pane", "-e", "-p").Output()
	if err != nil {
		return "", fmt.Errorf("cannot read the screen: %w", err)
	}
	return usual(strings.TrimRight(string(screen), "\n"), dir), nil
}

func inTerminal(ctx context.Context, env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = env
	return cmd
}

// environment is that of somebody who has just installed slot.
func environment(dir, bin string) ([]string, error) {
	examples, err := filepath.Abs("examples")
	if err != nil {
		return nil, fmt.Errorf("cannot find the examples: %w", err)
	}
	env := append(os.Environ(), "HOME="+dir, "SLOT_HOME="+filepath.Join(dir, ".slot"), "EXAMPLES="+examples, "TERM=xterm-256color", "TMUX=",
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "NO_UPDATE_NOTIFIER=1", "LC_ALL=C.UTF-8",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	return env, nil
}

// typed makes a script of the commands that shows them as they are typed.
func typed(commands string) string {
	var b strings.Builder
	b.WriteString("cd \"$HOME\"\n")
	for line := range strings.Lines(commands) {
		line = strings.TrimSpace(line)
		shown, ok := strings.CutPrefix(line, "$ ")
		if ok {
			fmt.Fprintf(&b, "printf '\\033[34m$ \\033[0;1m%%s\\033[0m\\n' '%s'\n%s\n", strings.ReplaceAll(shown, "'", `'\''`), shown)
			continue
		}
		fmt.Fprintf(&b, "{ %s\n} >>\"$HOME/prepared\" 2>&1\n", line+"\n:")
	}
	b.WriteString("tmux wait-for -S typed\nsleep 600\n")
	return b.String()
}

// took is the time at the end of a step's line.
var took = regexp.MustCompile(` +[0-9.]+m?s$`)

// usual gives the ports that slot has by itself and the home folder as ~, and
// keeps what stands in columns there.
func usual(screen, home string) string {
	lines := strings.Split(screen, "\n")
	for i, l := range lines {
		if at := took.FindStringIndex(l); at != nil && strings.Contains(l, home) {
			l = l[:at[0]] + strings.Repeat(" ", len(home)-len("~")) + l[at[0]:]
		}
		lines[i] = strings.ReplaceAll(l, home, "~")
	}
	screen = strings.Join(lines, "\n")
	for name, first := range map[string]int{"SLOT_BASE_PORT": 3001, "SLOT_POSTGRES_PORT": 5432} {
		port, err := strconv.Atoi(os.Getenv(name))
		if err != nil {
			continue
		}
		for i := range 5 {
			screen = regexp.MustCompile(`\b`+strconv.Itoa(port+i)+`\b`).ReplaceAllString(screen, strconv.Itoa(first+i))
		}
	}
	return screen
}
