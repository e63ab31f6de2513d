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
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
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

// Serve runs the daemon until it is told to stop: by the control API or the
// end of ctx (the apps are stopped) or SIGHUP (they run on; ErrReload).
func (d *Daemon) Serve(ctx context.Context) error {
	ready := ReadyFile(d.Getenv)
	d.Environ = without(d.Environ, readyVariable, ListenersVariable) // for this process alone
	ls, err := inherited(d.Getenv)
	if err != nil {
		tell(ready, err)
		return err
	}
	h, err := d.open(ls)
	if err != nil {
		tell(ready, err)
		return notStarted{err}
	}
	defer h.close()
	shield(d.Log)
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	h.engine.Boot(context.WithoutCancel(ctx)) // a stop that comes meanwhile is seen in wait
	h.serve()
	tell(ready, nil)
	d.Log.Info("serving", "version", d.Version, "home", d.Settings.Home, slot.KeyPID, os.Getpid())
	return h.wait(ctx, hup)
}

// house is the opened rooms.
type house struct {
	d       *Daemon
	store   *store.Store
	logs    map[slot.Name]*logs.Log
	hooks   *host.Host
	fronts  map[slot.Name]*proxy.Front
	engine  *deploy.Engine
	webhook *receiver.Receiver
	notify  *notify.Sender
	ls      listeners
	control *http.Server
	doors   map[string]*http.Server // admin and webhook, those that are open
	stop    chan struct{}           // closed by the control API
	once    sync.Once
	wg      sync.WaitGroup
	end     context.CancelFunc // of the fronts
}

// open opens the rooms from the ground up. ls is nil when this daemon was
// started alone.
func (d *Daemon) open(ls listeners) (_ *house, err error) {
	h := &house{d: d, ls: ls, stop: make(chan struct{}), logs: map[slot.Name]*logs.Log{}, fronts: map[slot.Name]*proxy.Front{}}
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
	if h.ls == nil {
		if h.ls, err = listen(d.Settings, h.store.Config()); err != nil {
			return nil, err
		}
	}
	lay, cfg := h.store.Layout(), h.ls.ports(h.store.Config())
	for _, n := range slot.Names() {
		if h.logs[n], err = logs.Open(lay.Logs(n), logs.Options{}); err != nil {
			return nil, err
		}
		h.fronts[n] = proxy.NewFront(proxy.FrontOptions{Name: n, Port: d.Settings.Port(cfg, n), Log: d.Log, Grace: reloadGrace})
	}
	mode := func(n slot.Name) slot.SandboxMode { return h.store.Config().Slots[n].Sandbox }
	if h.hooks, err = Hooks(d.Settings, d.Version, d.Getenv, d.Environ, mode, d.Log); err != nil {
		return nil, err
	}
	h.notify = notify.New(d.Log)
	h.engine = deploy.New(deploy.Options{
		Store: h.store, Hooks: h.hooks, Git: git.New(d.Environ), Fronts: h.fronts, Logs: h.logs,
		Ports:   process.NewPorts(d.Settings.PrivateFirst, d.Settings.PrivateLast),
		Port:    func(n slot.Name) int { return d.Settings.Port(cfg, n) },
		URL:     func(n slot.Name) string { return d.Settings.URL(cfg, n) },
		BaseEnv: deploy.BaseEnv(lookup(d.Getenv)),
		Machine: Machine(d.Settings, d.Getenv),
		Builds:  d.Settings.Builds,
		Notify:  h.notify,
		Log:     d.Log,
	})
	h.openWebhook()
	h.control = &http.Server{
		Handler: api.NewServer(api.Options{
			Engine: h.engine, Store: h.store, Logs: h.logs, Settings: d.Settings, Version: d.Version,
			Shutdown: func() { h.once.Do(func() { close(h.stop) }) },
			Webhook:  h.webhook, WebhookURL: h.webhookURL,
		}),
		ReadHeaderTimeout: 5 * time.Second,
	}
	h.openDoors()
	return h, nil
}

// serve begins to answer on every listener.
func (h *house) serve() {
	ctx, cancel := context.WithCancel(context.Background())
	h.end = cancel
	for _, n := range slot.Names() {
		h.wg.Go(func() {
			if err := h.fronts[n].Serve(ctx, h.ls[string(n)]); err != nil {
				h.d.Log.Error("the slot's listener ended", slot.KeySlot, n, slot.KeyError, err)
			}
		})
	}
	h.serveDoors()
	h.wg.Go(func() {
		if err := h.control.Serve(h.ls[control]); !errors.Is(err, http.ErrServerClosed) {
			h.d.Log.Error("the control socket ended", slot.KeyError, err)
		}
	})
}

// reloadGrace is how long a daemon that makes room waits for requests in
// flight: new connections wait with it. A stop has drained the targets before.
const reloadGrace = 5 * time.Second

// stopTimeout bounds the stop of all five apps: the longest grace that can be
// configured, and a little.
const stopTimeout = 11 * time.Minute

// wait blocks until the daemon is told to stop and says how.
func (h *house) wait(ctx context.Context, hup <-chan os.Signal) error {
	select {
	case <-ctx.Done():
	case <-h.stop:
	case <-hup:
		h.d.Log.Info("making room for the next daemon")
		return ErrReload
	}
	h.d.Log.Info("stopping every app")
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	h.engine.StopAll(stop)
	return nil
}

// close closes what was opened, from the roof down.
func (h *house) close() {
	if h.end != nil {
		h.end()
	}
	if h.engine != nil {
		h.engine.Refuse() // first, so that followers hear how it ended
	}
	h.closeDoors()
	if h.control != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		if h.control.Shutdown(ctx) != nil {
			h.control.Close() // followers of logs stay for ever
		}
		cancel()
	}
	h.wg.Wait()
	if h.engine != nil {
		h.engine.Close()
	}
	if h.notify != nil {
		h.notify.Close() // it writes to the logs
	}
	if h.hooks != nil {
		h.hooks.Close()
	}
	for _, l := range h.logs {
		if err := l.Close(); err != nil {
			h.d.Log.Warn("cannot close a log", slot.KeyError, err)
		}
	}
	if h.store != nil {
		if err := h.store.Close(); err != nil {
			h.d.Log.Warn("cannot close the store", slot.KeyError, err)
		}
	}
	h.ls.close()
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
