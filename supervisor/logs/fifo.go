package logs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// pipeBytes is how much an app can write while nobody reads before it has to
// wait: what /proc/sys/fs/pipe-max-size allows any user by default.
const pipeBytes = 1 << 20

// fifo is a FIFO that is read. Go's poller does not know it: it would be woken
// by each write of the app, also while nobody waits for one, and that costs more
// than the write. Instead it knows an epoll of the FIFO's own, which watches the
// FIFO only while wait waits. For one goroutine, but for interrupt.
type fifo struct {
	path string
	fd   int      // does not block
	poll *os.File // epoll(7)

	interrupted atomic.Bool
}

// openFIFO opens the FIFO at path, making it where there is none; reading and
// writing, so that neither end ever sees the other one missing.
func openFIFO(path string) (*fifo, error) {
	if err := unix.Mkfifo(path, 0o600); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("cannot make FIFO %s: %w", path, err)
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open FIFO %s: %w", path, err)
	}
	var st unix.Stat_t
	if err = unix.Fstat(fd, &st); err == nil && st.Mode&unix.S_IFMT != unix.S_IFIFO {
		err = errors.New("it is not a FIFO")
	}
	f := &fifo{path: path, fd: fd}
	if err == nil {
		f.poll, err = openPoll()
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot open FIFO %s: %w", path, err)
	}
	unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, pipeBytes) // less than that works too
	return f, nil
}

// openPoll returns an epoll that watches nothing, for Go's poller.
func openPoll() (*os.File, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(poll, true); err != nil { // else os takes it for a file that cannot be waited for
		unix.Close(poll)
		return nil, err
	}
	f := os.NewFile(uintptr(poll), "epoll")
	if err := f.SetReadDeadline(time.Time{}); err != nil { // it says whether the poller took it
		f.Close()
		return nil, err
	}
	return f, nil
}

// wait returns when there is something to read; os.ErrDeadlineExceeded after
// interrupt. Only meanwhile does the epoll hear of writes: one that hears of them
// and is silent costs the app a tenth of each.
func (f *fifo) wait() error {
	conn, err := f.poll.SyscallConn()
	if err != nil {
		return err
	}
	watch := func(op int) error {
		var inner error
		err := conn.Control(func(poll uintptr) {
			inner = unix.EpollCtl(int(poll), op, f.fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLONESHOT})
		})
		return errors.Join(err, inner)
	}
	if err := watch(unix.EPOLL_CTL_ADD); err != nil {
		return err
	}
	err = conn.Read(func(poll uintptr) bool {
		var fired [1]unix.EpollEvent
		n, err := unix.EpollWait(int(poll), fired[:], 0)
		return n > 0 || err != nil && !errors.Is(err, unix.EINTR)
	})
	return errors.Join(err, watch(unix.EPOLL_CTL_DEL))
}

// interrupt ends wait, now and from now on.
func (f *fifo) interrupt() error {
	f.interrupted.Store(true)
	return f.poll.SetReadDeadline(time.Unix(1, 0))
}

// read reads what is there: nothing, without an error, where there is nothing.
func (f *fifo) read(b []byte) (int, error) {
	for {
		n, err := unix.Read(f.fd, b)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return 0, nil
		}
		return max(n, 0), err
	}
}

// waiting returns how many bytes are in the pipe.
func (f *fifo) waiting() (int, error) { return unix.IoctlGetInt(f.fd, unix.TIOCINQ) }

func (f *fifo) close() {
	f.poll.Close()
	unix.Close(f.fd)
}
