package process

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
)

// Watcher looks at a process that another one started, such as the daemon at
// its keeper. It keeps the process's number from being taken for a later
// process's: signals go to this one or to none. Close it.
type Watcher struct {
	r  *running
	id slot.Identity
}

// Watch begins to watch the process pid. A start that is not 0 must be its
// start time, as in Identity: ErrGone when another process has the number.
func Watch(pid int, start uint64) (*Watcher, error) {
	boot, err := bootID()
	if err != nil {
		return nil, err
	}
	r, err := watch(slot.Identity{PID: pid, BootID: boot}, false)
	if err != nil {
		return nil, err
	}
	// Only now cannot its number be given to another process.
	st, err := readStat(pid)
	if err != nil || st.ended() || start != 0 && st.start != start {
		r.close()
		return nil, ErrGone
	}
	return &Watcher{r: r, id: slot.Identity{PID: pid, StartTime: st.start, BootID: boot}}, nil
}

// Self is the identity of this process, without a marker.
func Self() (slot.Identity, error) {
	st, err := readStat(os.Getpid())
	return slot.Identity{PID: os.Getpid(), StartTime: st.start}, err
}

// Identity is the process's, without a marker. A nil Watcher has the zero one.
func (w *Watcher) Identity() slot.Identity {
	if w == nil {
		return slot.Identity{}
	}
	return w.id
}

// Exit gets how the process ended, once. A nil Watcher's never does.
func (w *Watcher) Exit() <-chan Exit {
	if w == nil {
		return nil
	}
	return w.r.exit
}

// Signal sends sig; ErrGone when the process has ended.
func (w *Watcher) Signal(sig unix.Signal) error {
	return w.r.signal(sig)
}

// Close ends the watching, not the process. A nil Watcher is fine.
func (w *Watcher) Close() {
	if w != nil {
		w.r.close()
	}
}

func (r *running) signal(sig unix.Signal) error {
	conn, err := r.fd.SyscallConn()
	if err != nil {
		return ErrGone // closed
	}
	var inner error
	if err := conn.Control(func(fd uintptr) { inner = unix.PidfdSendSignal(int(fd), sig, nil, 0) }); err != nil {
		return ErrGone
	}
	switch {
	case errors.Is(inner, unix.ESRCH):
		return ErrGone
	case inner != nil:
		return fmt.Errorf("cannot signal pid %d: %w", r.id.PID, inner)
	}
	return nil
}
