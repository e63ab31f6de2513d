package supervisor

import (
	"log/slog"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/supervisor/store"
)

// Hooks prepares the host of the build hooks that belongs to a state folder:
// for the daemon, and for commands that need none. The folder is made when it
// is not there. A nil log discards. Close the host.
func Hooks(s settings.Settings, version string, getenv func(string) string, environ []string, log *slog.Logger) (*host.Host, error) {
	if err := store.CheckHome(s.Home); err != nil {
		return nil, err
	}
	lay := store.Layout{Home: s.Home}
	return host.New(host.Options{
		Version: version, Dirs: host.Dirs(getenv), LockFile: lay.HooksLock(),
		RunDir: lay.HookSockets(), CacheDir: lay.Cache(), TmpDir: lay.Tmp(),
		CacheLimit: s.CacheLimit, SharedCacheLimit: s.SharedCacheLimit,
		BaseEnv: func() []string { return environ }, Log: log,
	})
}
