package hooks

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// tailLines is how many lines of output a CommandError keeps: enough for any
// package manager's report of one failure.
const tailLines = 200

// Run runs a command in dir and streams its output as lines. env is added to
// the hook's environment, later values winning; a PATH in it is where the
// program is looked for first. Standard input is empty. The command stays in
// the hook's process group, so that the host can end it with all its children.
// A code other than 0 gives a *CommandError; a program that is not there gives
// an error that wraps exec.ErrNotFound.
func (b *Build) Run(ctx context.Context, dir string, argv []string, env ...string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Env = append(commandEnv(os.Environ()), env...)
	if program := lookPath(argv[0], env); program != "" {
		cmd.Path, cmd.Err = program, nil
	}
	tail := &tail{}
	stdout, stderr := &lineWriter{b: b, stream: StreamStdout, tail: tail}, &lineWriter{b: b, stream: StreamStderr, tail: tail}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 2 * time.Second // for what a background child keeps open
	err := cmd.Run()
	stdout.flush()
	stderr.flush()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exec.ErrWaitDelay):
		return nil
	case errors.As(err, &exit):
		failed := &CommandError{Argv: argv, Code: exit.ExitCode(), Output: tail.lines}
		if status := exit.Sys().(syscall.WaitStatus); status.Signaled() {
			failed.Signal = status.Signal().String()
		}
		return failed
	}
	return err
}

// lookPath finds a program in the PATH of env; "" when env has none, or the
// PATH has not the program.
func lookPath(program string, env []string) string {
	i := slices.IndexFunc(env, func(v string) bool { return strings.HasPrefix(v, "PATH=") })
	if i < 0 || strings.Contains(program, "/") {
		return ""
	}
	for _, dir := range filepath.SplitList(strings.TrimPrefix(env[i], "PATH=")) {
		path := filepath.Join(dir, program)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// Shell runs a command line of the user in the app's folder.
func (b *Build) Shell(ctx context.Context, command string, env ...string) error {
	return b.Run(ctx, b.app.AppDir, []string{"sh", "-c", command}, env...)
}

// UserCommand runs a command of the slot's configuration as a step of its own
// and explains its failure by the name of the setting. It does nothing when
// the command is empty.
func (b *Build) UserCommand(ctx context.Context, setting, command string, env ...string) error {
	if command == "" {
		return nil
	}
	err := b.Step(setting, command).End(b.Shell(ctx, command, env...))
	var failed *CommandError
	if errors.As(err, &failed) {
		return Fail(slot.Diagnostic{
			Code: "build.command_failed", Summary: "the " + setting + " command failed: " + err.Error(),
			Hint: "the command is set in the slot's configuration; its output is above",
		})
	}
	return err
}

// commandEnv is env without what go-plugin and the host tell the hook itself.
func commandEnv(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		return strings.HasPrefix(v, "PLUGIN_") || strings.HasPrefix(v, cookieKey+"=") || strings.HasPrefix(v, ParentEnv+"=")
	})
}

// tail keeps the last lines of a command.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (t *tail) add(line []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) == tailLines {
		t.lines = slices.Delete(t.lines, 0, 1)
	}
	t.lines = append(t.lines, string(line[:min(len(line), 4<<10)]))
}

// lineWriter cuts a stream into lines.
type lineWriter struct {
	b      *Build
	stream string
	tail   *tail
	rest   []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	for {
		i := bytes.IndexByte(w.rest, '\n')
		if i < 0 && len(w.rest) < MaxLine {
			return len(p), nil
		}
		if i < 0 || i > MaxLine {
			w.tell(w.rest[:MaxLine])
			w.rest = w.rest[MaxLine:]
			continue
		}
		w.tell(bytes.TrimSuffix(w.rest[:i], []byte("\r")))
		w.rest = w.rest[i+1:]
	}
}

// flush tells what stands behind the last line end.
func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.tell(w.rest)
		w.rest = nil
	}
}

func (w *lineWriter) tell(line []byte) {
	w.b.line(w.stream, line)
	w.tail.add(line)
}
