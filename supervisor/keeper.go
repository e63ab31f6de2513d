package supervisor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
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
// refused. It holds the pipes of the apps' output, so that what an app wrote
// outlives both it and the daemon. It is the child subreaper, so apps whose
// daemon died become its children and live on. It does nothing else, so that
// it does not die.
type Keeper struct {
	Settings settings.Settings
	Version  string
	Exe      string   // the slot program
	Env      []string // of the daemon
	Ready    *os.File // told how the first daemon started; may be nil
}

// Run keeps until the daemon ends by its own will or ctx ends, which makes the
// daemon stop the apps. SIGHUP replaces the daemon and leaves the apps alone;
// SIGUSR2 replaces the keeper's own program, in its process, and then the
// daemon.
func (k *Keeper) Run(ctx context.Context) error {
	err := k.run(ctx)
	if err != nil {
		tell(k.Ready, err)
	}
	return err
}

func (k *Keeper) run(ctx context.Context) error {
	lay := store.Layout{Home: k.Settings.Home}
	left, err := k.inherit()
	if err != nil {
		return err
	}
	lock := left.lock
	if lock == nil {
		if lock, err = lockKeeper(lay); err != nil {
			return err
		}
	}
	defer lock.Close()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot become the subreaper: %w", err)
	}
	if err := sandbox.Shield(); err != nil {
		return err
	}
	g := &keeping{k: k, lay: lay, lock: lock, note: newNote(lay, k, left.socks != nil), signals: make(chan os.Signal, 16)}
	// Before the first child: what ends from now on is seen.
	signal.Notify(g.signals, syscall.SIGCHLD, syscall.SIGHUP, syscall.SIGUSR2)
	defer signal.Stop(g.signals)
	if g.env, err = newEnvironment(left.env); err != nil {
		return err
	}
	if g.pipes, err = holdPipes(lay.Fifo()); err != nil {
		warn(lay, "the apps' output is not held", slot.KeyError, err)
	}
	defer g.pipes.release()
	if err := g.begin(left); err != nil {
		return err
	}
	defer g.socks.close()
	defer os.Remove(lay.Socket())
	lean()
	return g.run(ctx)
}

// begin takes up what an earlier keeper left: in this very process, or with a
// daemon that lives on. Where there is neither, it opens the sockets.
func (g *keeping) begin(left inheritance) error {
	if left.socks != nil {
		g.socks = g.k.complete(left.socks, g.lay)
		g.resume(left)
		return nil
	}
	for try := 0; held(g.lay.Lock()) && try < 3; try++ {
		socks, daemon, err := takeOver(g.lay, g.env)
		if err == nil {
			g.socks, g.current = socks, &ward{pid: daemon.Identity().PID, watcher: daemon, started: time.Now(), served: true}
			warn(g.lay, "a new keeper took over the sockets", slot.KeyPID, os.Getpid(), "daemon", g.current.pid)
			tell(g.k.Ready, nil)
			g.k.Ready = nil
			return nil
		}
		if slot.AsError(err).Kind != slot.KindUnreachable {
			return err
		}
	}
	ls, err := listen(g.k.Settings, store.LastGoodConfig(g.lay))
	if err != nil {
		return err
	}
	g.socks, err = ls.sockets()
	ls.close()
	if err != nil {
		return err
	}
	return g.start()
}

// reap collects every child that ended.
func reap() map[int]syscall.WaitStatus {
	ended := map[int]syscall.WaitStatus{}
	for {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || pid <= 0 {
			return ended
		}
		ended[pid] = ws
	}
}

// nextPause is how long to wait before the next daemon: none after one that
// served for some seconds, else doubling from 50 ms. Visitors wait meanwhile, so
// that the limit is half a second where daemons come to serve, or were killed
// before they could, and 10 s where they end by themselves before they serve.
func nextPause(last, lived time.Duration, sound bool) time.Duration {
	limit := 10 * time.Second
	if sound {
		limit = 500 * time.Millisecond
	}
	switch {
	case sound && (lived > 5*time.Second || last == 0 && lived > time.Second):
		return 0
	case last == 0:
		return 50 * time.Millisecond
	}
	return min(last*2, limit)
}

func describeExit(ws syscall.WaitStatus) string {
	if ws.Signaled() {
		return "signal: " + ws.Signal().String()
	}
	return fmt.Sprintf("exit status %d", ws.ExitStatus())
}
