package process

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
)

// running is one run of a process, watched through a pidfd: no polling, and
// no mistaking another process that got the same number.
type running struct {
	id    slot.Identity
	child bool // ours to reap
	fd    *os.File
	exit  chan Exit
	done  chan struct{} // closed when the goroutine ended
}

func watch(id slot.Identity, child bool) (*running, error) {
	fd, err := unix.PidfdOpen(id.PID, unix.PIDFD_NONBLOCK)
	if errors.Is(err, unix.ESRCH) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, fmt.Errorf("cannot watch pid %d: %w", id.PID, err)
	}
	f := os.NewFile(uintptr(fd), "pidfd")
	if err := f.SetReadDeadline(time.Time{}); err != nil { // it says whether the poller took it
		f.Close()
		return nil, fmt.Errorf("cannot watch pid %d: %w", id.PID, err)
	}
	r := &running{id: id, child: child, fd: f, exit: make(chan Exit, 1), done: make(chan struct{})}
	go r.wait()
	return r, nil
}

// exits gives the end of the run; nil never does.
func (r *running) exits() <-chan Exit {
	if r == nil {
		return nil
	}
	return r.exit
}

// close ends the watching, not the process.
func (r *running) close() {
	r.fd.Close()
	<-r.done
}

// wait sleeps in the runtime's poller until the pidfd is readable.
func (r *running) wait() {
	defer close(r.done)
	conn, err := r.fd.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Read(func(fd uintptr) bool { // an error means close was called
		if !readable(int(fd)) {
			return false
		}
		e := Exit{At: time.Now()}
		if r.child {
			e.status(reap(r.id.PID))
		} else if code, ok := exitStatus(int(fd)); ok {
			e.status(syscall.WaitStatus(code), true)
		}
		r.exit <- e
		return true
	})
}

func readable(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n > 0
}

func (e *Exit) status(ws syscall.WaitStatus, ok bool) {
	e.Known = ok
	if ws.Signaled() {
		e.Signal = ws.Signal()
	} else {
		e.Code = ws.ExitStatus()
	}
}

// reap collects a child of ours that ended.
func reap(pid int) (syscall.WaitStatus, bool) {
	var ws syscall.WaitStatus
	for {
		got, err := syscall.Wait4(pid, &ws, 0, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		return ws, err == nil && got == pid
	}
}

// pidfdInfo is struct pidfd_info of include/uapi/linux/pidfd.h, in the size
// of its first version (PIDFD_INFO_SIZE_VER0).
type pidfdInfo struct {
	mask     uint64
	cgroupID uint64
	ids      [11]uint32
	exitCode int32
}

const (
	pidfdInfoExit = 1 << 3     // PIDFD_INFO_EXIT
	pidfdGetInfo  = 0xC040FF0B // PIDFD_GET_INFO: _IOWR(0xFF, 11, 64 bytes)
)

// reapTimeout bounds the wait for another's parent to reap: only then does the
// kernel tell how the process ended. A keeper takes well under a millisecond.
const reapTimeout = 100 * time.Millisecond

// exitStatus asks the kernel how a process ended that is not our child. Linux
// 6.15 and later know.
func exitStatus(fd int) (int32, bool) {
	for deadline := time.Now().Add(reapTimeout); ; {
		info := pidfdInfo{mask: pidfdInfoExit}
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), pidfdGetInfo, uintptr(unsafe.Pointer(&info)))
		if errno == 0 && info.mask&pidfdInfoExit != 0 {
			return info.exitCode, true
		}
		if errno != 0 || time.Now().After(deadline) {
			return 0, false
		}
		<-time.After(time.Millisecond)
	}
}
