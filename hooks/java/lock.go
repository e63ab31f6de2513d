package java

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/hooks"
)

// retry is how often a build asks whether another one's Maven has ended.
const retry = 200 * time.Millisecond

// lockRepository makes this build the only one whose Maven uses the repository
// that all slots share. The kernel gives the lock back when the hook ends.
func lockRepository(ctx context.Context, b *hooks.Build, dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "slot.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for told := false; ; told = true {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			file.Close()
			return nil, err
		}
		if !told {
			b.Log("waiting for another slot's Maven to end")
		}
		select {
		case <-time.After(retry):
		case <-ctx.Done():
			file.Close()
			return nil, context.Cause(ctx)
		}
	}
}
