// Package host finds, trusts and runs build hooks. It owns the hooks'
// processes: each is started for one question or one build, in a process group
// of its own, and everything it started is gone when the call returns, however
// it ended. What the hooks know of languages is not its business.
//
// New clears what a host that died without a word left behind; Close removes
// this host's own folders. Nothing runs between two calls.
package host

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// Options says where a Host finds and keeps things. All folders are absolute
// and are made when they are not there.
type Options struct {
	Version  string   // of slot, told to the hooks
	SelfExe  string   // program that serves the built-in hooks as "__hook NAME"; this one when empty
	Dirs     []string // folders with slot-hook-NAME programs, best first; see Dirs
	LockFile string   // hooks.lock: the programs that the user trusts
	RunDir   string   // sockets; 0700
	CacheDir string   // the hooks' caches

	CacheLimit       int64 // bytes of one hook's cache for one slot; slot.DefaultCacheLimit when 0
	SharedCacheLimit int64 // bytes of one hook's cache for all slots; slot.DefaultSharedCacheLimit when 0

	TmpDir  string          // a folder in it for each run, removed after
	BaseEnv func() []string // environment that the allow-list is applied to; os.Environ when nil
	// Sandbox returns what the hooks of a slot may open besides what their work
	// needs; a nil Policy for no sandbox. Nobody has one when the function is nil.
	Sandbox func(slot.Name) *sandbox.Policy
	// Apart tells which slots share no downloads with others; nil for none.
	Apart func(slot.Name) bool
	Log   *slog.Logger // discards when nil
}

// App is the app that a question or a build is about.
type App = hooks.App

// Overrides are the user's own words on an app.
type Overrides = hooks.Overrides

// Host runs hooks. It is safe for concurrent use.
type Host struct {
	options  Options
	identity string // of this host: PID.STARTTIME.RANDOM
	sockets  string // folder of this host below RunDir
	tmp      string // folder of this host below TmpDir
	runs     atomic.Int64
	caches   *cacheUse
}

// New prepares the folders, and ends and removes what hosts that are dead left
// behind.
func New(options Options) (*Host, error) {
	if options.SelfExe == "" {
		options.SelfExe = "/proc/self/exe" // the running image, even after an upgrade of the file
	}
	if options.BaseEnv == nil {
		options.BaseEnv = os.Environ
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	options.CacheLimit = cmp.Or(options.CacheLimit, slot.DefaultCacheLimit)
	options.SharedCacheLimit = cmp.Or(options.SharedCacheLimit, slot.DefaultSharedCacheLimit)
	start, err := startTime(os.Getpid())
	if err != nil {
		return nil, fmt.Errorf("cannot prepare the hooks: %w", err)
	}
	h := &Host{options: options, identity: fmt.Sprintf("%d.%d.%s", os.Getpid(), start, rand.Text()[:6]), caches: newCacheUse()}
	h.tmp = filepath.Join(options.TmpDir, h.identity)
	h.sockets = filepath.Join(options.RunDir, h.identity)
	if !socketFits(h.sockets) {
		// A deep state folder; TMPDIR may be deep as well.
		if h.sockets, err = os.MkdirTemp("/tmp", "slot-hooks-"); err != nil {
			return nil, fmt.Errorf("cannot prepare the hooks: %w", err)
		}
	}
	for _, dir := range []string{h.tmp, h.sockets, options.CacheDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("cannot prepare the hooks: %w", err)
		}
	}
	killOrphans()
	for _, dir := range []string{options.TmpDir, options.RunDir} {
		removeOrphans(dir)
	}
	return h, nil
}

// Close removes the host's folders; caches and trust stay. No call may be
// running.
func (h *Host) Close() {
	_ = os.RemoveAll(h.tmp)
	_ = os.RemoveAll(h.sockets)
}

// Dirs returns the folders in which hooks of third parties are looked for:
// SLOT_HOOK_PATH, the user's data folder, the system's. Never the working
// folder, PATH or an app's repository.
func Dirs(getenv func(string) string) []string {
	var dirs []string
	for _, dir := range filepath.SplitList(getenv("SLOT_HOOK_PATH")) {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
	}
	data := getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(data) {
		data = filepath.Join(getenv("HOME"), ".local", "share")
	}
	return append(dirs, filepath.Join(data, "slot", "hooks"), "/usr/local/libexec/slot/hooks", "/usr/libexec/slot/hooks")
}

// Describe starts a hook and asks who it is.
func (h *Host) Describe(ctx context.Context, name string) (hooks.Description, error) {
	program, err := h.find(name)
	if err != nil {
		return hooks.Description{}, err
	}
	r, err := h.launch(ctx, program, App{}, h.sandbox(App{}), nil)
	if err != nil {
		return hooks.Description{}, err
	}
	defer r.stop()
	return r.description, nil
}

// nextRun names one run of a hook: PID.STARTTIME.RANDOM.N.
func (h *Host) nextRun() (id, tmp string) {
	n := strconv.FormatInt(h.runs.Add(1), 10)
	return h.identity + "." + n, filepath.Join(h.tmp, n)
}

// socketFits reports whether go-plugin can put a socket below dir: it adds two
// random names, and a socket's path has 107 bytes at most (unix(7)).
func socketFits(dir string) bool {
	return len(dir)+len("/plugin-dir4294967295/plugin4294967295") <= 107
}
