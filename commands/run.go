package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/deploy"
)

type runOptions struct{ release int }

func newRun(w *World) *cobra.Command {
	o := runOptions{}
	cmd := &cobra.Command{
		Use:   "run SLOT -- COMMAND [ARGUMENT...]",
		Short: "Run a command as the slot's app would",
		Long: `Runs a command in the folder of the slot's release, with the environment of its
app but for PORT: a migration, a console, a look around. Input, output and the
terminal are yours, and so is the exit code: the command's own, 128 and the
signal's number where a signal ended it. The app need not run, slot must; slot
stop ends the command too.`,
		Example:           "  slot run a -- npm test\n  slot run a -- python manage.py shell\n  slot run a --release 5 -- env | grep SLOT_",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("release") && o.release < 1 {
				return slot.E(slot.KindUsage, "slot releases "+args[0], fmt.Errorf("%d is not the number of a release", o.release))
			}
			if dash := cmd.ArgsLenAtDash(); dash == 0 || dash > 1 {
				return slot.E(slot.KindUsage, "slot run a -- npm test", errors.New("name the slot, and it alone, before --"))
			}
			return o.run(cmd.Context(), w, args[0], args[1:])
		},
	}
	cmd.Flags().IntVar(&o.release, "release", 0, "a kept release (default: the live one)")
	_ = cmd.RegisterFlagCompletionFunc("release", w.completeReleaseFlag) // the flag is declared above
	return cmd
}

func (o *runOptions) run(ctx context.Context, w *World, arg string, argv []string) error {
	n, err := slot.ParseName(arg)
	if err != nil {
		return err
	}
	if len(argv) == 0 {
		return slot.E(slot.KindUsage, fmt.Sprintf("slot run %s -- sh", n), errors.New("which command?"))
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	one, err := c.OneOff(ctx, n, o.release)
	if err != nil {
		return err
	}
	cmd, err := w.command(n, one, argv)
	if err != nil {
		return err
	}
	return w.attach(cmd, one.Sandbox)
}

// command makes the process that is to run in the place of an app's.
func (w *World) command(n slot.Name, one deploy.OneOff, argv []string) (*exec.Cmd, error) {
	path, err := lookUp(n, one, argv[0])
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{Path: path, Args: argv, Dir: one.Dir, Env: one.Env, Stdin: w.In, Stdout: w.Out, Stderr: w.Err}
	for _, name := range []string{"TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "LINES"} { // the terminal's, not the app's
		if v := w.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	return cmd, nil
}

// lookUp finds a program in the release's search path, not in the caller's.
func lookUp(n slot.Name, one deploy.OneOff, name string) (string, error) {
	if strings.Contains(name, "/") {
		if !filepath.IsAbs(name) {
			name = filepath.Join(one.Dir, name)
		}
		if runnable(name) {
			return name, nil
		}
		return "", slot.E(slot.KindUsage, fmt.Sprintf("slot run %s -- ls shows what is there", n), fmt.Errorf("cannot run %q: no such program", name))
	}
	for _, kv := range one.Env {
		path, ok := strings.CutPrefix(kv, "PATH=")
		if !ok {
			continue
		}
		for _, dir := range filepath.SplitList(path) {
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(one.Dir, dir)
			}
			if file := filepath.Join(dir, name); runnable(file) {
				return file, nil
			}
		}
	}
	return "", slot.E(slot.KindUsage, fmt.Sprintf("slot run %s -- env shows its PATH", n),
		fmt.Errorf("cannot run %q: release %d has no such program in its PATH", name, one.Release))
}

func runnable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// attach runs the command to its end as if it had been typed. It stays in the
// caller's process group: a terminal's Ctrl+C and Ctrl+Z reach it by
// themselves, and it may read from the terminal. Signals to this program alone
// are passed on. It gets the sandbox of the slot, as its app does.
func (w *World) attach(cmd *exec.Cmd, box *sandbox.Policy) error {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	if err := box.Start(cmd.Start); err != nil {
		var at *os.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return fmt.Errorf("cannot run %q: %w", cmd.Path, err)
	}
	terminal := isTerminal(w.In) || isTerminal(w.Out) || isTerminal(w.Err)
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case sig := <-signals:
			if terminal && (sig == syscall.SIGINT || sig == syscall.SIGQUIT) {
				continue // the terminal sent it to both
			}
			_ = cmd.Process.Signal(sig) // it ended meanwhile: seen below
		case err := <-done:
			return ended(err)
		}
	}
}

// ended makes the command's exit code this program's.
func ended(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return exitCode(128 + int(s.Signal()))
	}
	return exitCode(exit.ExitCode())
}
