// Package supervisor assembles the rooms: it opens them in order, introduces
// them to each other, and closes them in reverse. It has the keeper, which
// holds the sockets, and the daemon, which does the work; docs/architecture.md
// has a picture of both. Serve and Keeper.Run block until they are told to
// stop.
package supervisor

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	browser "github.com/slot-paas/slot/supervisor/admin"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/deploy"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/notify"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/proxy"
	"github.com/slot-paas/slot/supervisor/store"
	receiver "github.com/slot-paas/slot/supervisor/webhook"
)

// Daemon is what Serve needs of the world.
type Daemon struct {
	Settings settings.Settings
	Version  string
	Exe      string // the slot program, for built-in hooks
	Environ  []string
	Getenv   func(string) string
	Log      *slog.Logger

	socks  sockets // that every house of this process listens on
	env    *environment
	keeper *keeperLink
}

// ErrReload ends a daemon that was told to make room for the next one; its
// apps run on.
var ErrReload = errors.New("reload")

// ExitCode is what the daemon's process exits with, for its keeper.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, ErrReload):
		return 75 // EX_TEMPFAIL of sysexits.h: start me again
	case errors.As(err, new(notStarted)):
		return exitCannotStart
	}
	return 1
}

// notStarted is why a daemon never served.
type notStarted struct{ error }

func (n notStarted) Unwrap() error { return n.error }

// house is the opened rooms.
type house struct {
	d          *Daemon
	store      *store.Store
	logs       map[slot.Name]*logs.Log
	hooks      *host.Host
	fronts     map[slot.Name]*proxy.Front
	engine     *deploy.Engine
	webhook    *receiver.Receiver
	notify     *notify.Sender
	ls         listeners
	admin      *browser.Admin
	control    *http.Server
	doors      map[string]*http.Server // admin and webhook, those that are open
	stop       chan struct{}           // closed by the control API
	moved      chan struct{}           // another environment is in force
	once       sync.Once
	wg         sync.WaitGroup     // of the control socket and the doors
	slots      sync.WaitGroup     // of the fronts
	end        context.CancelFunc // of the fronts
	quiet      context.CancelFunc // of what tells others of the slots by itself
	endCatchUp context.CancelFunc
	databaseRoom
}

// open opens the rooms from the ground up.
func (d *Daemon) open() (_ *house, err error) {
	h := &house{d: d, stop: make(chan struct{}), moved: make(chan struct{}, 1), logs: map[slot.Name]*logs.Log{}, fronts: map[slot.Name]*proxy.Front{}}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	if h.store, err = store.Open(d.Settings.Home); err != nil {
		return nil, err
	}
	if e := h.store.ConfigError(); e != nil {
		d.Log.Error("slots.json is not in force; the last good configuration is", slot.KeyError, e)
	}
	if h.ls, err = d.listeners(h.store.Config()); err != nil {
		return nil, err
	}
	lay, cfg := h.store.Layout(), h.ls.ports(h.store.Config())
	for _, n := range slot.Names() {
		if h.logs[n], err = logs.Open(lay.Logs(n), logs.Options{MaxBytes: d.Settings.LogSize, Keep: d.Settings.LogFiles}); err != nil {
			return nil, err
		}
		h.fronts[n] = proxy.NewFront(proxy.FrontOptions{Name: n, Port: d.Settings.Port(cfg, n), Log: d.Log})
	}
	mode := func(n slot.Name) slot.SandboxMode { return h.store.Config().Slots[n].Sandbox }
	if h.hooks, err = Hooks(d.Settings, d.Version, d.env.get, d.env.list, mode, d.Log); err != nil {
		return nil, err
	}
	h.notify = notify.New(d.Log)
	if h.databaseRoom, err = d.openDatabase(lay, h.store); err != nil {
		return nil, err
	}
	h.engine = deploy.New(deploy.Options{
		Store: h.store, Hooks: h.hooks, Git: git.New(d.env.list()), Fronts: h.fronts, Logs: h.logs,
		Ports: process.NewPorts(d.Settings.PrivateFirst, d.Settings.PrivateLast),
		Port:  func(n slot.Name) int { return d.Settings.Port(cfg, n) },
		URL: func(n slot.Name) string {
			return d.Settings.Address(h.store.Config().Slots[n].Subdomain, d.Settings.Port(cfg, n))
		},
		BaseEnv: func() []string { return deploy.BaseEnv(lookup(d.env.get)) },
		Machine: func() sandbox.Machine { return Machine(d.Settings, d.env.get) },
		Builds:  d.Settings.Builds,
		Notify:  h.notify,
		Rest:    lean,
		Log:     d.Log,

		Database: h.database,
	})
	h.openWebhook()
	if err := h.openAdmin(); err != nil {
		return nil, err
	}
	h.control = &http.Server{
		Handler: api.NewServer(api.Options{
			Engine: h.engine, Store: h.store, Logs: h.logs, Settings: d.Settings, Version: d.Version, Admin: h.admin,
			Shutdown: func() { h.once.Do(func() { close(h.stop) }) }, Supervisor: h,
			Webhook: h.webhook, WebhookURL: h.webhookURL,
			Database: h.database, ServiceLogs: h.serviceLogs,
		}),
		ReadHeaderTimeout: 5 * time.Second,
	}
	h.openDoors()
	return h, nil
}

// shield keeps the token and what else stands in memory from the apps.
func shield(log *slog.Logger) {
	if err := sandbox.Shield(); err != nil {
		log.Warn("cannot shield the process from the apps", slot.KeyError, err)
	}
}

// ReadyFile is the pipe that a waiting "slot up" reads, or nil.
func ReadyFile(getenv func(string) string) *os.File {
	fd, err := strconv.Atoi(getenv(readyVariable))
	if err != nil || fd < 3 {
		return nil
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "ready")
}

func lookup(getenv func(string) string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v := getenv(name)
		return v, v != ""
	}
}
