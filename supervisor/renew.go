package supervisor

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/store"
)

// keeperVariable carries a will over execve(2).
const keeperVariable = "SLOT_KEEPER"

// will is what a keeper leaves to the program that takes its place in the
// same process: descriptors, and the daemons it cares for.
type will struct {
	Lock    int      `json:"lock"`
	Env     int      `json:"env"`
	Names   []string `json:"names"`
	Sockets []int    `json:"sockets"`
	PID     int      `json:"pid"`             // of the daemon
	Start   uint64   `json:"start,omitempty"` // its start time, where it is not a child
	Leaving []int    `json:"leaving,omitempty"`
}

// inheritance is a will that was opened. Its zero value is that of a keeper
// that begins.
type inheritance struct {
	will
	lock, env *os.File
	socks     sockets
}

// renew replaces this program by the one that stands in its file now, in the
// same process: the children stay children, the sockets and the lock stay
// held. The new one replaces the daemon as the first thing it does.
func (g *keeping) renew() {
	if g.busy(syscall.SIGUSR2) {
		return
	}
	g.note.handingOver(g.current.pid)
	w := will{Lock: int(g.lock.Fd()), Env: int(g.env.fd()), PID: g.current.pid, Start: g.current.watcher.Identity().StartTime}
	for _, s := range g.socks {
		w.Names, w.Sockets = append(w.Names, s.name), append(w.Sockets, s.fd)
	}
	for pid := range g.leaving {
		w.Leaving = append(w.Leaving, pid)
	}
	text, err := json.Marshal(w)
	if err == nil {
		env := append(g.env.of(g.k.Env), keeperVariable+"="+string(text))
		w.keep(true)
		err = syscall.Exec(g.k.Exe, []string{g.k.Exe, "__keeper"}, env)
		w.keep(false)
	}
	err = fmt.Errorf("cannot execute %s: %w", g.k.Exe, err)
	warn(g.lay, "the keeper goes on with the program that it has", slot.KeyError, err)
	g.note.handedOver(err)
}

// keep lets the descriptors of the will live through an exec, or not.
func (w will) keep(over bool) {
	flag := unix.FD_CLOEXEC
	if over {
		flag = 0
	}
	for _, fd := range append([]int{w.Lock, w.Env}, w.Sockets...) {
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETFD, flag) // it is open
	}
}

// inherit opens the will that this process was executed with, if any.
func (k *Keeper) inherit() (in inheritance, err error) {
	text := variables(k.Env)[keeperVariable]
	if text == "" {
		return in, nil
	}
	if err := json.Unmarshal([]byte(text), &in.will); err != nil {
		return in, fmt.Errorf("cannot read %s: %w", keeperVariable, err)
	}
	in.will.keep(false)
	in.lock, in.env = os.NewFile(uintptr(in.Lock), "lock"), os.NewFile(uintptr(in.Env), "environment")
	in.socks, err = received(in.Names, in.Sockets)
	return in, err
}

// resume goes on where the program before this one stopped, with a new daemon.
func (g *keeping) resume(left inheritance) {
	g.first = true
	g.current = &ward{pid: left.PID, started: time.Now(), served: true}
	if left.Start != 0 {
		w, err := process.Watch(left.PID, left.Start)
		if err != nil {
			g.current = nil
			g.later(time.Minute, true)
		} else {
			g.current.watcher = w
		}
	}
	for _, pid := range left.Leaving {
		if g.leaving == nil {
			g.leaving = map[int]bool{}
		}
		g.leaving[pid] = true
		g.cut = time.After(leaveTimeout)
	}
	g.signals <- syscall.SIGCHLD // it may have come during the exec
	g.signals <- syscall.SIGHUP
}

// complete opens the doors that an earlier version did not have. One that
// cannot be had stays closed: the apps are no worse off.
func (k *Keeper) complete(have sockets, lay store.Layout) sockets {
	for _, d := range doors(k.Settings) {
		if d.port == 0 || have.has(d.name) {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.port)))
		if err != nil {
			warn(lay, "a door stays closed", "door", d.name, slot.KeyError, err)
			continue
		}
		fd, err := copyOf(l)
		l.Close()
		if err == nil {
			have = append(have, socket{d.name, fd})
		}
	}
	return have
}
