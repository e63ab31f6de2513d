package deploy

import (
	"context"
	"fmt"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// start brings up the new release beside the old one. Workers wait for the
// switch: two generations of them would do the same work twice.
func (r *run) start(ctx context.Context) (string, error) {
	if err := r.lane.folders(); err != nil {
		return "", err
	}
	if err := r.prepareDatabase(ctx); err != nil {
		return "", err
	}
	if r.alone() {
		if err := r.takeDown(ctx); err != nil {
			return "", err
		}
	}
	r.lane.maskSecrets(r.release)
	r.next = &unit{release: r.release}
	web := r.release.Plan.Web()
	if web == nil {
		target, err := r.lane.staticTarget(r.release)
		if err != nil {
			return "", err
		}
		r.next.target = target
		return "static site " + r.release.Plan.Static.Root, nil
	}
	pr, err := r.lane.launch(ctx, r.release, *web)
	if err != nil {
		return "", r.because(r.deniedCause(r.lane.sandboxMode(), []string{err.Error()}), err)
	}
	r.next.web = pr
	return fmt.Sprintf("pid %d on 127.0.0.1:%d", pr.Snapshot().Identity.PID, pr.port), nil
}

// undoStart ends what was started, and brings back what was stopped for it.
func (r *run) undoStart() {
	defer r.bringBack()
	if r.next == nil {
		return
	}
	r.withdraw()
	if err := r.lane.stopUnit(context.Background(), r.next); err != nil {
		r.lane.e.Log.Error("cannot stop a failed release", slot.KeySlot, r.lane.name, slot.KeyRelease, r.release.ID, slot.KeyError, err)
	}
	if r.next.target != nil {
		_ = r.next.target.Drain(context.Background()) // it had no request, or its processes are gone
	}
}

func (l *lane) staticTarget(rel slot.Release) (*proxy.Target, error) {
	return proxy.NewStaticTarget(rel.ID, l.e.appDir(rel), *rel.Plan.Static, l.info())
}

// processTarget leads to the process's port for as long as there is hope that
// it answers again.
func (l *lane) processTarget(rel slot.Release, pr *proc, port int) *proxy.Target {
	return proxy.NewProcessTarget(rel.ID, port, proxy.ProcessOptions{
		Info: l.info(), Log: l.e.Log,
		HTTP2: l.e.Store.Config().Slots[l.name].AppProtocol == slot.ProtocolH2C,
		Alive: func() bool {
			switch pr.Snapshot().State {
			case process.Starting, process.Running, process.Backoff, process.Restarting:
				return true
			}
			return false
		},
	})
}

// info is what the slot's pages may tell.
func (l *lane) info() proxy.Info { return proxy.Info{Slot: l.name, Port: l.e.Port(l.name)} }
