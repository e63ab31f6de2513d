package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
)

// lockHome takes the daemon's lock and writes our pid into its file. The
// kernel drops the lock when the process ends in any way.
func lockHome(l Layout) (*os.File, error) {
	f, err := os.OpenFile(l.Lock(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, writeError(l.Lock(), err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	switch {
	case errors.Is(err, unix.EWOULDBLOCK):
		err = slot.E(slot.KindFailed, "slot status", fmt.Errorf("another daemon uses %s%s", l.Home, holder(f)))
	case err != nil:
		err = slot.E(slot.KindFailed, "", fmt.Errorf("cannot lock %s: %w", l.Lock(), err))
	default:
		if err = f.Truncate(0); err == nil {
			_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
		}
		if err != nil {
			err = writeError(l.Lock(), err)
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Await returns when no daemon uses the home, at most after a while: then it
// is an error that names the one that does.
func Await(home string, atMost time.Duration) error {
	l := Layout{Home: home}
	f, err := os.OpenFile(l.Lock(), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return writeError(l.Lock(), err)
	}
	free := make(chan error, 1)
	go func() { // ends with the daemon that it waits for
		err := unix.Flock(int(f.Fd()), unix.LOCK_SH)
		for errors.Is(err, unix.EINTR) {
			err = unix.Flock(int(f.Fd()), unix.LOCK_SH)
		}
		free <- errors.Join(err, unlockHome(f))
	}()
	late := time.NewTimer(atMost)
	defer late.Stop()
	select {
	case err := <-free:
		return err
	case <-late.C:
		return slot.E(slot.KindFailed, "slot status", fmt.Errorf("another daemon uses %s%s and does not make room", home, holder(f)))
	}
}

// unlockHome unlocks before it closes, because a child between fork and exec
// may still share the descriptor.
func unlockHome(f *os.File) error {
	return errors.Join(unix.Flock(int(f.Fd()), unix.LOCK_UN), f.Close())
}

func holder(f *os.File) string {
	data, _ := io.ReadAll(io.NewSectionReader(f, 0, 32))
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (pid %d)", pid)
}
