package logs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// pipeBytes is how much an app can write while nobody reads before it has to
// wait: what /proc/sys/fs/pipe-max-size allows any user by default.
const pipeBytes = 1 << 20

// openFIFO opens the FIFO at path, making it where there is none. Reading and
// writing, so that neither end ever sees the other one missing; without
// blocking, so that a read waits in Go's poller and can be interrupted.
func openFIFO(path string) (*os.File, error) {
	if err := unix.Mkfifo(path, 0o600); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("cannot make FIFO %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open FIFO: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.Mode().Type() != fs.ModeNamedPipe {
		err = errors.New("it is not a FIFO")
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot open FIFO %s: %w", path, err)
	}
	control(f, func(fd int) error {
		unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, pipeBytes) // less than that works too
		return nil
	})
	return f, nil
}

// waiting returns how many bytes are in the pipe.
func waiting(f *os.File) (n int, err error) {
	err = control(f, func(fd int) (err error) {
		n, err = unix.IoctlGetInt(fd, unix.TIOCINQ)
		return err
	})
	return n, err
}

// readNow reads without waiting, whatever deadline f has.
func readNow(f *os.File, b []byte) (n int, err error) {
	err = control(f, func(fd int) (err error) {
		n, err = unix.Read(fd, b)
		return err
	})
	return max(n, 0), err
}

// control calls do with the descriptor without making it block, as Fd would.
func control(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = do(int(fd)) }); err != nil {
		return err
	}
	return inner
}
