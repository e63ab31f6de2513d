package deploy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// Limits of a release command: Heroku's release phase allows an hour; a
// workspace's migrations are far below a quarter of one.
const onceTimeout = 15 * time.Minute

// releaseCommand runs the plan's release process, if any, before anything is
// switched: a failed migration leaves the old release serving.
func (r *run) releaseCommand(ctx context.Context) (string, error) {
	i := slices.IndexFunc(r.release.Plan.Processes, func(p slot.Process) bool { return p.Type == slot.ProcessRelease })
	if i < 0 {
		return "none", nil
	}
	p := r.release.Plan.Processes[i]
	if err := r.prepareDatabase(ctx); err != nil {
		return "", err
	}
	if err := r.backUp(ctx); err != nil {
		return "", fmt.Errorf("cannot keep the database as it is before the release command: %w", err)
	}
	err := r.once(ctx, p)
	if err == nil {
		return p.Command(), nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	r.job.update(func(d *slot.Deployment) { d.Output = r.log.last() })
	err = slot.E(slot.KindFailed, "slot logs "+string(r.lane.name)+" shows the running release; the output above is the command's",
		fmt.Errorf("the release command %q failed: %w", p.Command(), err))
	causes := append(r.deniedCause(r.lane.sandboxMode(), r.log.last()), diagnose(r.lane.name, r.log.last())...)
	return "", r.because(causes, err)
}

// once runs a process of the release to its end. It is on disk before it
// runs, so that a daemon that takes over ends it.
func (r *run) once(ctx context.Context, p slot.Process) error {
	l := r.lane
	if err := l.folders(); err != nil {
		return err
	}
	if err := r.prepareDatabase(ctx); err != nil {
		return err
	}
	mode := l.sandboxMode()
	id, err := process.NewIdentity(newProcessID(p.Type, r.release.ID))
	if err != nil {
		return err
	}
	if err := l.record(slot.ProcessRecord{Identity: id, Release: r.release.ID, Type: p.Type, Sandbox: mode}); err != nil {
		return err
	}
	dir := filepath.Join(l.e.appDir(r.release), filepath.FromSlash(p.WorkingDir))
	env := append(l.e.environment(r.release, 0), process.Marker+"="+id.ID)
	policy := l.sandbox(mode, r.release)
	err = runOnce(ctx, policy, p.Args(), dir, env, func(text string) {
		r.buildEvent(slot.Event{Line: &slot.BuildLine{Stream: "stdout", Text: text}})
	})
	if left := process.Kill(id); left != nil { // what left its group
		l.e.Log.Warn("cannot end a release command", slot.KeySlot, l.name, slot.KeyError, left)
		return err
	}
	return errors.Join(err, l.forget(id.ID))
}

// runOnce runs a command to its end in a process group of its own and sends
// each line of its output. All of its group ends with it.
func runOnce(ctx context.Context, policy *sandbox.Policy, argv []string, dir string, env []string, line func(string)) error {
	ctx, cancel := context.WithTimeout(ctx, onceTimeout)
	defer cancel()
	// The shell looks the program up in PATH of env; os/exec would in the daemon's.
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", `exec "$@"`, "sh"}, argv...)...)
	cmd.Dir, cmd.Env = dir, env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	done := make(chan struct{})
	go func() {
		defer close(done)
		br := bufio.NewReaderSize(r, 64<<10)
		for {
			text, _, err := br.ReadLine() // a longer line comes in pieces
			if err != nil {
				return
			}
			line(string(text))
		}
	}()
	err := policy.Start(cmd.Start)
	if err == nil {
		err = cmd.Wait()
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it ended well; something that it left behind held its output
	}
	w.Close()
	<-done
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left behind
	}
	return err
}
