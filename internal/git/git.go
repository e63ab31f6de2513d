// Package git runs the git program: what a repository holds, a bare mirror of
// it, and its files at a commit. The program is used rather than a library so
// that every way to log in that works in the user's terminal works here too
// (Coder's GIT_ASKPASS, ssh agents, credential helpers). It keeps no state;
// the caller makes sure that one mirror is used by one fetch at a time.
package git

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// Git runs git with one environment. Safe for concurrent use.
type Git struct {
	// Trace is told of each command that ended; its words hold no address.
	Trace func(args []string, took time.Duration, err error)

	world      atomic.Pointer[world]
	lfsSilence time.Duration // see there
}

// world is the environment of the programs that are started from now on.
type world struct {
	env      []string
	settings int // how many it gives by GIT_CONFIG_KEY_n
}

// New returns a Git whose programs see env (as os.Environ gives it), with
// prompts turned off: nobody sits at the daemon's terminal.
func New(env []string) *Git {
	g := &Git{lfsSilence: lfsSilence}
	g.SetEnvironment(env)
	return g
}

// SetEnvironment replaces it, for what is started from now on.
func (g *Git) SetEnvironment(env []string) { g.world.Store(newWorld(env)) }

func newWorld(env []string) *world {
	has := func(name string) bool {
		for _, kv := range env {
			if strings.HasPrefix(kv, name+"=") {
				return true
			}
		}
		return false
	}
	own := []string{
		"GIT_TERMINAL_PROMPT=0",
		"GIT_ALLOW_PROTOCOL=https:http:ssh:git:file",
		"GIT_OPTIONAL_LOCKS=0",
		"LC_ALL=C", // messages are matched in explain
	}
	if !has("GIT_SSH_COMMAND") && !has("GIT_SSH") && !sshConfigured(env) {
		own = append(own, "GIT_SSH_COMMAND=ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o ConnectTimeout=15")
	}
	w := &world{}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		if name == "GIT_CONFIG_COUNT" {
			w.settings, _ = strconv.Atoi(value)
		}
		if !slices.Contains(repositoryVariables, name) {
			w.env = append(w.env, kv)
		}
	}
	w.env = append(w.env, own...)
	return w
}

// sshConfigured reports whether the user's git settings name an ssh command:
// the variable would win over it.
func sshConfigured(env []string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", "config", "--get", "core.sshCommand")
	cmd.Dir, cmd.Env = "/", env
	return cmd.Run() == nil // no git is told when it is needed
}

// repositoryVariables lead git to one repository: a daemon started from a git
// hook must not work on that one. Source: git rev-parse --local-env-vars,
// without the settings that a person may give (GIT_CONFIG_*).
var repositoryVariables = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_QUARANTINE_PATH",
}

// failure is a git command that exited with an error; its text is the last
// line that git wrote, without credentials.
type failure struct {
	stderr string
	err    error
}

func (f *failure) Error() string {
	lines := strings.Split(strings.TrimSpace(f.stderr), "\n")
	for _, l := range lines {
		if rest, ok := strings.CutPrefix(l, "fatal: "); ok {
			return rest
		}
	}
	if last := lines[len(lines)-1]; last != "" {
		return last
	}
	return f.err.Error()
}

// maxOutput bounds what is kept of a command's answer; ls-remote of a very
// large repository is a few MiB.
const maxOutput = 64 << 20

// run runs git in dir with the remote "origin" at address, which may hold a
// token: it goes through the environment, never through arguments or files.
func (g *Git) run(ctx context.Context, dir, address string, args ...string) (string, error) {
	cmd := g.command(ctx, dir, address, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &bounded{b: &out}, &bounded{b: &errs}
	begun := time.Now()
	err := cmd.Run()
	if g.Trace != nil {
		g.Trace(args, time.Since(begun), err)
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", &failure{stderr: redact(errs.String(), address), err: err}
	}
	return out.String(), nil
}

// bare makes git take the folder it runs in for the repository. Without it a
// damaged mirror would send git looking in the folders above, where the user's
// own repository may be.
const bare = "--git-dir=."

// mirror is run in a mirror, and never in another repository.
func (g *Git) mirror(ctx context.Context, dir, address string, args ...string) (string, error) {
	return g.run(ctx, dir, address, append([]string{bare}, args...)...)
}

func (g *Git) command(ctx context.Context, dir, address string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0"}, args...)...)
	cmd.Dir = dir
	now := g.world.Load()
	cmd.Env = now.env
	if address != "" {
		cmd.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)],
			fmt.Sprintf("GIT_CONFIG_COUNT=%d", now.settings+1),
			fmt.Sprintf("GIT_CONFIG_KEY_%d=remote.origin.url", now.settings),
			fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", now.settings, address))
	}
	// git starts helpers (ssh, git-remote-https): all of them end with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

type bounded struct{ b *bytes.Buffer }

func (w *bounded) Write(p []byte) (int, error) {
	if room := maxOutput - w.b.Len(); room > 0 {
		w.b.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

func redact(text, address string) string {
	if address == "" {
		return text
	}
	return strings.ReplaceAll(text, address, slot.RedactAddress(address))
}

// Installed returns an error that says what to do when there is no git.
func Installed() error {
	if _, err := exec.LookPath("git"); err != nil {
		return slot.E(slot.KindFailed, "install it, for example with apt-get install git", fmt.Errorf("cannot find the program git"))
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
