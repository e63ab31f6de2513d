package supervisor

import (
	"context"
	"errors"
	"net"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// linger is how long a daemon that was replaced tells clients on open
// connections to come anew before it closes those that are idle: a client that
// just sends its next request would else lose it.
const linger = 2 * time.Second

// vacateTimeout is how long the rooms may take to be given up: below what the
// next daemon waits for them. A daemon that hangs there serves nobody, and its
// end takes no app down.
const vacateTimeout = 20 * time.Second

// overtakes is by how much the SIGUSR2 that ends a handover may come before the
// SIGUSR1 that began it: a program with threads hears signals that wait at the
// same time in any order.
const overtakes = 2 * time.Second

// turn is whose turn it is, as a daemon that has its rooms hears it. A new
// daemon may fail before the old one has heard that it is to make room: then
// both signals wait for it. They are two, since the same one twice could arrive
// as one, and the old daemon would wait for ever.
type turn struct{ recalled time.Time }

// concerns reports whether a signal asks for something still.
func (t *turn) concerns(sig os.Signal) bool {
	switch {
	case sig == syscall.SIGUSR2:
		t.recalled = time.Now()
		return false
	case sig == syscall.SIGUSR1 && time.Since(t.recalled) < overtakes:
		t.recalled = time.Time{}
		return false
	}
	return true
}

// handOn gives the rooms to the next daemon and serves on with what leads to
// the apps. When the keeper says that the next one serves, this one answers
// its last requests and ErrReload is returned; when it says that there is
// none, the rooms are opened again and the new house is returned.
func (h *house) handOn(ctx context.Context, signals <-chan os.Signal) (*house, error) {
	stuck := time.AfterFunc(vacateTimeout, func() {
		h.d.Log.Error("the rooms cannot be given up in time; ending at once, the next daemon takes the apps")
		os.Exit(ExitCode(ErrReload))
	})
	h.hush()
	h.vacate()
	stuck.Stop()
	reaper := startReaper()
	for waiting := true; waiting; {
		select {
		case <-ctx.Done():
			h.leave()
			reaper.stop()
			return nil, ErrReload
		case <-h.d.keeper.gone(): // nobody else brings the apps through
			waiting = false
		case sig := <-signals:
			waiting = sig != syscall.SIGUSR2
		}
	}
	reaper.stop()
	h.d.Log.Warn("taking the rooms back")
	next, err := h.d.move(ctx)
	if err != nil {
		h.leave()
		return nil, errors.Join(errors.New("cannot go on"), err)
	}
	h.d.keeper.wg.Go(h.leave)
	return next, nil
}

// leave answers what has begun and closes the rest.
func (h *house) leave() {
	var targets []*proxy.Target
	for n, f := range h.fronts {
		port := h.ls[string(n)].Addr().(*net.TCPAddr).Port
		targets = append(targets, f.Linger(linger, port))
	}
	h.end()
	h.slots.Wait()
	for _, f := range h.fronts {
		targets = append(targets, f.Target())
	}
	ctx, cancel := context.WithTimeout(context.Background(), slot.DefaultDrain)
	defer cancel()
	for _, t := range targets {
		_ = t.Drain(ctx) // upgraded connections end with it
	}
	h.ls.close()
}

// reaper collects the apps that end while their owner only drains: they are
// this process's children, and the next daemon watches them.
type reaper struct {
	signals chan os.Signal
	done    sync.WaitGroup
}

func startReaper() *reaper {
	r := &reaper{signals: make(chan os.Signal, 1)}
	signal.Notify(r.signals, syscall.SIGCHLD)
	r.done.Go(func() {
		reap()
		for range r.signals {
			reap()
		}
	})
	return r
}

func (r *reaper) stop() {
	signal.Stop(r.signals)
	close(r.signals)
	r.done.Wait()
}

// environmentFile is what the keeper shares, or nil.
func environmentFile(getenv func(string) string) *os.File {
	fd, err := strconv.Atoi(getenv(environmentVariable))
	if err != nil || fd < 3 {
		return nil
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "environment")
}
