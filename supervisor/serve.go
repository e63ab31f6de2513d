package supervisor

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/store"
)

// Serve runs the daemon until it is told to stop: by the control API or the
// end of ctx (the apps are stopped) or SIGHUP (they run on; ErrReload). With a
// keeper, SIGHUP is passed on to it: the keeper starts the next daemon and
// sends SIGUSR1, which makes this one give its rooms to the next and answer
// requests until that one serves. SIGUSR2 makes it take them back.
func (d *Daemon) Serve(ctx context.Context) error {
	ready := ReadyFile(d.Getenv)
	if err := d.inherit(); err != nil {
		tell(ready, err)
		return err
	}
	defer d.keeper.wg.Wait()
	defer d.keeper.close()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	defer signal.Stop(signals)
	h, err := d.move(ctx)
	if err != nil {
		tell(ready, err)
		return notStarted{err}
	}
	shield(d.Log)
	tell(ready, nil)
	d.Log.Info("serving", "version", d.Version, "home", d.Settings.Home, slot.KeyPID, os.Getpid())
	lean()
	for {
		err := h.wait(ctx, signals)
		if !errors.Is(err, ErrReload) || d.keeper.status().State == api.KeeperNone {
			h.close()
			return err
		}
		next, err := h.handOn(ctx, signals)
		if err != nil {
			return err
		}
		h = next
	}
}

// inherit takes what the keeper left in this process.
func (d *Daemon) inherit() (err error) {
	if d.socks, err = inherited(d.Getenv); err != nil {
		return err
	}
	d.env = &environment{env: without(d.Environ, handedDown...), file: environmentFile(d.Getenv)}
	parent := 0
	if d.socks != nil {
		parent = os.Getppid()
	}
	d.keeper = newKeeperLink(d.Log, d.socks, d.env, parent)
	return nil
}

// predecessorTimeout is how long the daemon before this one may take to give
// up its rooms: its steps end within their own few seconds.
const predecessorTimeout = 30 * time.Second

// move opens the rooms, brings the slots back and begins to serve.
func (d *Daemon) move(ctx context.Context) (*house, error) {
	if d.socks != nil {
		if err := store.Await(d.Settings.Home, predecessorTimeout); err != nil {
			return nil, err
		}
	}
	h, err := d.open()
	if err != nil {
		return nil, err
	}
	h.database.Boot(ctx, d.Settings.Database)
	h.mirrorSubdomains()
	h.engine.Boot(context.WithoutCancel(ctx)) // a stop that comes meanwhile is seen in wait
	h.serve()
	return h, nil
}

// listeners are this house's own, on the sockets of the process; where nobody
// handed any over they are opened.
func (d *Daemon) listeners(c slot.Config) (listeners, error) {
	if d.socks != nil {
		return d.socks.listeners()
	}
	return listen(d.Settings, c)
}

// serve begins to answer on every listener.
func (h *house) serve() {
	ctx, cancel := context.WithCancel(context.Background())
	h.end = cancel
	for _, n := range slot.Names() {
		h.slots.Go(func() {
			if err := h.fronts[n].Serve(ctx, h.ls[string(n)]); err != nil {
				h.d.Log.Error("the slot's listener ended", slot.KeySlot, n, slot.KeyError, err)
			}
		})
	}
	h.serveDoors()
	telling, quiet := context.WithCancel(ctx)
	h.quiet = quiet
	h.wg.Go(func() { h.dashboard().run(telling) })
	h.wg.Go(func() {
		if err := h.control.Serve(h.ls[control]); !errors.Is(err, http.ErrServerClosed) {
			h.d.Log.Error("the control socket ended", slot.KeyError, err)
		}
	})
}

// stopTimeout bounds the stop of all five apps: the longest grace that can be
// configured, and a little.
const stopTimeout = 11 * time.Minute

// wait blocks until the daemon is told to stop and says how.
func (h *house) wait(ctx context.Context, signals <-chan os.Signal) error {
	var turn turn
	for asked := true; asked; {
		select {
		case <-ctx.Done():
			asked = false
		case <-h.stop:
			asked = false
		case sig := <-signals:
			if turn.concerns(sig) && h.d.makesRoom(sig) {
				h.d.Log.Info("making room for the next daemon")
				return ErrReload
			}
		}
	}
	h.d.Log.Info("stopping every app")
	h.d.keeper.release()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	h.engine.StopAll(stop)
	h.database.Stop(stop) // last: until now an app may have written
	return nil
}

// makesRoom reports whether the signal asks for that here and now.
func (d *Daemon) makesRoom(sig os.Signal) bool {
	if sig == syscall.SIGUSR1 || d.keeper.status().State == api.KeeperNone {
		return true
	}
	if err := d.keeper.signal(syscall.SIGHUP); err != nil {
		d.Log.Warn("not making room for a next daemon", slot.KeyError, err)
	}
	return false
}

// close closes what was opened, from the roof down.
func (h *house) close() {
	if h.end != nil {
		h.end()
	}
	h.hush()
	h.slots.Wait()
	h.vacate()
	h.ls.close()
}

// hush ends what people and programs ask slot itself.
func (h *house) hush() {
	h.closeDoors() // first: a push that is refused would be lost, one that waits is not
	if h.engine != nil {
		h.engine.Refuse() // followers hear how it ended
	}
	if h.webhook != nil {
		h.webhook.Close()
	}
	if h.control != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		if h.control.Shutdown(ctx) != nil {
			h.control.Close() // followers of logs stay for ever
		}
		cancel()
	}
	if h.quiet != nil {
		h.quiet()
	}
	h.wg.Wait()
}

// vacate leaves the rooms to the next daemon. The slots' listeners go on to
// lead to the apps, which need no room for it.
func (h *house) vacate() {
	if h.engine != nil {
		h.engine.Close()
	}
	h.databaseRoom.close(h.d.Log)
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
}
