package supervisor

import (
	"log/slog"
	"path/filepath"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// Hooks prepares the host of the build hooks that belongs to a state folder:
// for the daemon, and for commands that need none. The folder is made when it
// is not there. mode says how a slot's builds are sandboxed, as the
// configuration does. A nil log discards. Close the host.
func Hooks(s settings.Settings, version string, getenv func(string) string, environ func() []string, mode func(slot.Name) slot.SandboxMode, log *slog.Logger) (*host.Host, error) {
	if err := store.CheckHome(s.Home); err != nil {
		return nil, err
	}
	lay := store.Layout{Home: s.Home}
	return host.New(host.Options{
		Version: version, Dirs: host.Dirs(getenv), LockFile: lay.HooksLock(),
		RunDir: lay.HookSockets(), CacheDir: lay.Cache(), TmpDir: lay.Tmp(),
		CacheLimit: s.CacheLimit, SharedCacheLimit: s.SharedCacheLimit,
		BaseEnv: environ, Log: log,
		Sandbox: func(n slot.Name) *sandbox.Policy {
			switch mode(n) {
			case slot.SandboxOff:
				return nil
			case slot.SandboxStrict:
				return Machine(s, getenv).Build(true)
			}
			return Machine(s, getenv).Build(false)
		},
		Apart: func(n slot.Name) bool { return mode(n) == slot.SandboxStrict },
	})
}

// Machine is what the sandboxes on this machine have in common: the user's
// tools, the certificates that the environment names, and slot's own folders
// as a secret.
func Machine(s settings.Settings, getenv func(string) string) sandbox.Machine {
	m := sandbox.Machine{Home: getenv("HOME"), Path: getenv("PATH"), Protect: []string{s.Home, s.Data}}
	for _, name := range []string{
		"SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "PIP_CERT",
		"RUSTUP_HOME", "JAVA_HOME", // toolchains that do not lie in their usual place
	} {
		if v := getenv(name); v != "" {
			m.Files = append(m.Files, v)
		}
	}
	if v := getenv("CARGO_HOME"); v != "" { // not the logins in it
		m.Files = append(m.Files, filepath.Join(v, "bin"), filepath.Join(v, "config"), filepath.Join(v, "config.toml"))
	}
	return m
}
