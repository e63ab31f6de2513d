package supervisor

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/process"
)

// keeperLink is the daemon's side of its keeper: it notices the keeper's end
// and hands the sockets to the next one. Its goroutine ends with close.
type keeperLink struct {
	log   *slog.Logger
	socks sockets
	env   *environment
	ended context.Context
	close context.CancelFunc
	wg    sync.WaitGroup

	mu     sync.Mutex
	state  api.KeeperState
	keeper *process.Watcher // nil without one
	lost   chan struct{}    // closed when this one is lost
}

// newKeeperLink watches this process's parent, if it is a keeper.
func newKeeperLink(log *slog.Logger, socks sockets, env *environment, parent int) *keeperLink {
	l := &keeperLink{log: log, socks: socks, env: env, state: api.KeeperNone, lost: make(chan struct{})}
	l.ended, l.close = context.WithCancel(context.Background())
	if parent == 0 {
		return l
	}
	if err := l.watch(parent); err != nil {
		l.lose() // it ended before this process could look
	}
	return l
}

// watch makes the process pid the keeper.
func (l *keeperLink) watch(pid int) error {
	w, err := process.Watch(pid, 0)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.state, l.keeper, l.lost = api.KeeperRunning, w, make(chan struct{})
	l.mu.Unlock()
	l.wg.Go(func() {
		defer w.Close()
		select {
		case <-w.Exit():
			l.lose()
		case <-l.ended.Done():
		}
	})
	return nil
}

func (l *keeperLink) lose() {
	l.log.Error("the keeper is lost; slot serves on, but nothing starts it again when it ends", "try", "slot up")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state, l.keeper = api.KeeperLost, nil
	close(l.lost)
}

// gone is closed when the keeper of this moment is lost.
func (l *keeperLink) gone() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// status is what people are told of it.
func (l *keeperLink) status() api.Keeper {
	l.mu.Lock()
	defer l.mu.Unlock()
	return api.Keeper{State: l.state, PID: l.keeper.Identity().PID}
}

// signal sends sig to the keeper.
func (l *keeperLink) signal(sig syscall.Signal) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.state == api.KeeperNone:
		return slot.E(slot.KindRefused, "slot down and slot up", errors.New("this daemon runs without a keeper (slot serve)"))
	case l.keeper == nil:
		return slot.E(slot.KindRefused, "slot up starts a new one", errors.New("the keeper is lost"))
	}
	return l.keeper.Signal(sig)
}

// noticeTimeout is how long the one who asks for the sockets may be ahead of
// the news that the keeper ended.
const noticeTimeout = time.Second

// serve hands the sockets to a process that takes the lost keeper's place.
func (l *keeperLink) serve(w http.ResponseWriter, _ *http.Request) error {
	select {
	case <-l.gone():
	case <-time.After(noticeTimeout):
	}
	if state := l.status().State; state != api.KeeperLost {
		return slot.E(slot.KindRefused, "", errors.New("nothing is handed over: the keeper is "+string(state)))
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := l.give(conn); err != nil {
		l.log.Warn("cannot hand over the sockets", slot.KeyError, err)
	}
	return nil
}

func (l *keeperLink) give(conn net.Conn) error {
	c, ok := conn.(*net.UnixConn)
	if !ok {
		return errors.New("not a unix socket")
	}
	pid, err := peer(c)
	if err != nil {
		return err
	}
	file, err := handOver(c, l.socks)
	if err != nil {
		return err
	}
	l.env.share(file)
	if err := l.watch(pid); err != nil {
		return err
	}
	l.log.Info("a new keeper has the sockets", slot.KeyPID, pid)
	return nil
}

// peer is the process that connected.
func peer(c *net.UnixConn) (pid int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	outer := raw.Control(func(fd uintptr) {
		var cred *unix.Ucred
		if cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(cred.Pid)
		}
	})
	return pid, errors.Join(outer, err)
}

// release tells a keeper that is not our parent that slot stops: it does not
// see the exit code.
func (l *keeperLink) release() {
	if k := l.status(); k.State == api.KeeperRunning && k.PID != os.Getppid() {
		_ = l.signal(syscall.SIGTERM) // gone already is what is wanted
	}
}
