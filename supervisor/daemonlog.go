package supervisor

import (
	"log/slog"
	"os"
	"path/filepath"

	"github.com/slot-paas/slot/supervisor/store"
)

// maxDaemonLog is when the daemon's own log starts anew, keeping one old file.
const maxDaemonLog = 5 << 20

func openDaemonLog(lay store.Layout) (*os.File, error) {
	path := DaemonLog(lay)
	if fi, err := os.Stat(path); err == nil && fi.Size() > maxDaemonLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}

// warn adds a message to the daemon's log; the keeper itself has no output.
func warn(lay store.Layout, message string, args ...any) {
	out, err := openDaemonLog(lay)
	if err != nil {
		return
	}
	defer out.Close()
	slog.New(slog.NewTextHandler(out, nil)).Warn(message, args...)
}

// DaemonLog is the file that has the daemon's own messages.
func DaemonLog(lay store.Layout) string { return filepath.Join(lay.Run(), "daemon.log") }
