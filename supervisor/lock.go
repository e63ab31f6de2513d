package supervisor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// lockKeeper makes sure of one keeper a state folder.
func lockKeeper(lay store.Layout) (*os.File, error) {
	if err := store.CheckHome(lay.Home); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(lay.Run(), 0o700); err != nil {
		return nil, fmt.Errorf("cannot create the state folder: %w", err)
	}
	f, err := os.OpenFile(keeperLock(lay), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, slot.E(slot.KindFailed, "slot status shows it; slot down ends it",
			fmt.Errorf("slot runs already for %s", lay.Home))
	}
	// For Terminate.
	if err := errors.Join(f.Truncate(0), writePID(f)); err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot write %s: %w", f.Name(), err)
	}
	return f, nil
}

func writePID(f *os.File) error {
	_, err := fmt.Fprintln(f, os.Getpid())
	return err
}

func keeperLock(lay store.Layout) string { return filepath.Join(lay.Run(), "keeper.lock") }

// Running reports whether a keeper or daemon holds the state folder.
func Running(home string) bool { return holder(home) != "" }

// Terminate asks whoever holds the state folder to stop the apps and itself,
// for the case that the daemon does not answer. Nobody there is no error.
func Terminate(home string) error {
	lock := holder(home)
	if lock == "" {
		return nil
	}
	b, err := os.ReadFile(lock)
	if err != nil {
		return fmt.Errorf("cannot find who runs: %w", err)
	}
	var pid int
	if _, err := fmt.Sscan(string(b), &pid); err != nil || pid <= 1 {
		return fmt.Errorf("cannot find who runs: %s holds no process number", lock)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("cannot end process %d: %w", pid, err)
	}
	return nil
}

// holder is the lock that somebody has, the keeper's first, or "".
func holder(home string) string {
	lay := store.Layout{Home: home}
	for _, name := range []string{keeperLock(lay), lay.Lock()} {
		if held(name) {
			return name
		}
	}
	return ""
}

// held reports whether a process has the lock.
func held(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) != nil
}

// KeeperRuns reports whether a keeper holds the state folder.
func KeeperRuns(home string) bool { return held(keeperLock(store.Layout{Home: home})) }
