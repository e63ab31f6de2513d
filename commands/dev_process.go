package commands

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// viteHosts is the variable by which Vite from 5.4 on lets a host name in that
// is not this machine's; without it a public address gets 403.
const viteHosts = "__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS"

// devGrace is the time a development server has to end after Ctrl+C.
const devGrace = 5 * time.Second

// devChild is the command that "slot dev" runs. It stays in the caller's
// process group: a terminal's Ctrl+C reaches it by itself, and its keyboard
// shortcuts work.
type devChild struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // then
}

func startDev(w *World, argv, env []string, dir string) (*devChild, error) {
	cmd := &exec.Cmd{Args: argv, Dir: dir, Env: env, Stdin: w.In, Stdout: w.Err, Stderr: w.Err}
	for _, name := range []string{"TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "LINES"} { // the terminal's, not the app's
		if v := w.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	path := ""
	for i, kv := range cmd.Env {
		if rest, ok := strings.CutPrefix(kv, "PATH="); ok {
			path = strings.Join(append(toolFolders(dir), rest), ":")
			cmd.Env[i] = "PATH=" + path
		}
	}
	// env looks the program up in the path that was made here, in its own words.
	cmd.Path, cmd.Args = "/usr/bin/env", append([]string{"env", "--"}, argv...)
	if strings.Contains(argv[0], "=") {
		return nil, notFound(argv[0], errors.New("it looks like a variable; slot env set sets one"))
	}
	if err := cmd.Start(); err != nil {
		return nil, notFound(argv[0], err)
	}
	c := &devChild{cmd: cmd, done: make(chan struct{})}
	go func() {
		c.err = cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// stop ends the command, if it has not ended: TERM and time to clean up.
func (c *devChild) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // it ended already
	select {
	case <-c.done:
	case <-time.After(devGrace):
	}
}

// ended is how it ended by itself.
func (c *devChild) ended() error {
	<-c.done
	if c.err == nil {
		return nil
	}
	var exit *exec.ExitError
	if errors.As(c.err, &exit) && exit.ExitCode() > 0 {
		return exitCode(exit.ExitCode())
	}
	return fmt.Errorf("the command ended: %w", c.err)
}

// awaitPort waits until the command listens, best on the port that it was
// given, and returns where.
func awaitPort(ctx context.Context, id slot.Identity, port int, ended <-chan struct{}) (int, error) {
	for begun := time.Now(); ; {
		listeners, err := process.Listeners(id)
		if err != nil {
			return 0, err
		}
		ports := []int{}
		for _, l := range listeners {
			if a := l.Addr(); a.IsUnspecified() || a.String() == "127.0.0.1" {
				ports = append(ports, int(l.Port()))
			}
		}
		switch {
		case slices.Contains(ports, port):
			return port, nil
		case len(ports) > 0 && time.Since(begun) > time.Second:
			return slices.Min(ports), nil
		}
		select {
		case <-ended:
			return 0, slot.E(slot.KindFailed, "its output above says why", errors.New("the command ended before it listened"))
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// pause waits a moment, and reports whether ctx goes on.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(200 * time.Millisecond):
		return true
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
