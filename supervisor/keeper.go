package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// The daemon's exit codes, for its keeper alone.
const (
	exitDone        = 0  // it was told to stop: the keeper stops too
	exitCannotStart = 78 // EX_CONFIG of sysexits.h: starting again would not help
)

// Keeper holds the listening sockets and runs the daemon with them: while a
// daemon is away, new connections wait in the kernel's queues instead of being
// refused. It is the child subreaper, so apps whose daemon died become its
// children and live on. It does nothing else, so that it does not die.
type Keeper struct {
	Settings settings.Settings
	Exe      string   // the slot program
	Env      []string // of the daemon
	Ready    *os.File // told how the first daemon started; may be nil

	names []string // of the listeners, in the order of the daemon's files
}

// Run keeps until the daemon ends by its own will or ctx ends, which makes the
// daemon stop the apps. SIGHUP replaces the daemon and leaves the apps alone.
func (k *Keeper) Run(ctx context.Context) error {
	err := k.run(ctx)
	if err != nil {
		tell(k.Ready, err)
	}
	return err
}

func (k *Keeper) run(ctx context.Context) error {
	lay := store.Layout{Home: k.Settings.Home}
	lock, err := lockKeeper(lay)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot become the subreaper: %w", err)
	}
	if err := sandbox.Shield(); err != nil {
		return err
	}
	ls, err := listen(k.Settings, store.LastGoodConfig(lay))
	if err != nil {
		return err
	}
	defer ls.close()
	defer os.Remove(lay.Socket())
	k.names = ls.names()
	files, err := ls.files()
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGHUP)
	defer signal.Stop(signals)
	return k.keep(ctx, lay, files, signals)
}

// keep starts daemons one after another and reaps whatever dies.
func (k *Keeper) keep(ctx context.Context, lay store.Layout, files []*os.File, signals <-chan os.Signal) error {
	pid, err := k.startDaemon(lay, files)
	if err != nil {
		return err
	}
	started, pause := time.Now(), time.Duration(0)
	var again <-chan time.Time
	stopping := false
	for {
		select {
		case <-ctx.Done():
			if pid == 0 {
				return nil
			}
			ctx, stopping = context.WithoutCancel(ctx), true
			_ = syscall.Kill(pid, syscall.SIGTERM)
		case <-again:
			again, started = nil, time.Now()
			if pid, err = k.startDaemon(lay, files); err != nil {
				pause = nextPause(pause, 0)
				warn(lay, "the daemon cannot be started", slot.KeyError, err, "again_in", pause)
				again = time.After(pause)
			}
		case sig := <-signals:
			if sig == syscall.SIGHUP {
				if pid != 0 {
					_ = syscall.Kill(pid, syscall.SIGHUP)
				}
				continue
			}
			status, ended := reap(pid)
			if !ended {
				continue
			}
			died := pid
			pid = 0
			first := k.Ready != nil
			if k.Ready != nil {
				k.Ready.Close() // a daemon that died told nothing: end of file says so
				k.Ready = nil
			}
			switch {
			case stopping, status.Exited() && status.ExitStatus() == exitDone:
				return nil
			case first && status.Exited() && status.ExitStatus() == exitCannotStart:
				return errors.New("the daemon cannot start")
			}
			pause = nextPause(pause, time.Since(started))
			warn(lay, "the daemon ended", slot.KeyPID, died, slot.KeyError, describeExit(status), "again_in", pause)
			again = time.After(pause)
		}
	}
}

// nextPause is how long to wait before the next daemon: none after a healthy
// minute, else doubling from 50 ms to 10 s.
func nextPause(last, lived time.Duration) time.Duration {
	switch {
	case lived > time.Minute || last == 0 && lived > time.Second:
		return 0
	case last == 0:
		return 50 * time.Millisecond
	}
	return min(last*2, 10*time.Second)
}

// reap collects every child that ended and reports whether the daemon was one.
func reap(daemon int) (status syscall.WaitStatus, ended bool) {
	for {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || pid <= 0 {
			return status, ended
		}
		if pid == daemon {
			status, ended = ws, true
		}
	}
}

func describeExit(ws syscall.WaitStatus) string {
	if ws.Signaled() {
		return "signal: " + ws.Signal().String()
	}
	return fmt.Sprintf("exit status %d", ws.ExitStatus())
}

// startDaemon runs "slot serve" with the listeners from file descriptor 3 on,
// its output in run/daemon.log.
func (k *Keeper) startDaemon(lay store.Layout, files []*os.File) (int, error) {
	out, err := openDaemonLog(lay)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	env := append(without(k.Env, readyVariable, ListenersVariable), ListenersVariable+"="+strings.Join(k.names, " "))
	fds := append([]*os.File{null, out, out}, files...)
	if k.Ready != nil {
		env = append(env, fmt.Sprintf("%s=%d", readyVariable, len(fds)))
		fds = append(fds, k.Ready)
	}
	p, err := os.StartProcess(k.Exe, []string{k.Exe, "serve"}, &os.ProcAttr{
		Dir: "/", Env: env, Files: fds, Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		return 0, fmt.Errorf("cannot start the daemon: %w", err)
	}
	pid := p.Pid
	_ = p.Release() // reap collects it
	return pid, nil
}

// maxDaemonLog is when the daemon's own log starts anew, keeping one old file.
const maxDaemonLog = 5 << 20

func openDaemonLog(lay store.Layout) (*os.File, error) {
	path := DaemonLog(lay)
	if fi, err := os.Stat(path); err == nil && fi.Size() > maxDaemonLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}

// warn adds a message to the daemon's log; the keeper itself has no output.
func warn(lay store.Layout, message string, args ...any) {
	out, err := openDaemonLog(lay)
	if err != nil {
		return
	}
	defer out.Close()
	slog.New(slog.NewTextHandler(out, nil)).Warn(message, args...)
}

// DaemonLog is the file that has the daemon's own messages.
func DaemonLog(lay store.Layout) string { return filepath.Join(lay.Run(), "daemon.log") }

// readyVariable names the file descriptor on which a daemon tells how it
// started.
const readyVariable = "SLOT_READY_FD"

// readiness is that message.
type readiness struct {
	OK    bool        `json:"ok"`
	Error *slot.Error `json:"error,omitempty"`
}

// tell writes how the start went and closes f; nil f is fine.
func tell(f *os.File, err error) {
	if f == nil {
		return
	}
	_ = json.NewEncoder(f).Encode(readiness{OK: err == nil, Error: slot.AsError(err)}) // nobody waits any more
	f.Close()
}
