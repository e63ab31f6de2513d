package deploy

import (
	"context"
	"fmt"
	"hash/fnv"
	"path/filepath"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// OneOff is what a command needs to run as a process of a release would.
type OneOff struct {
	Release int      `json:"release"`
	Dir     string   `json:"dir"` // of the app
	Env     []string `json:"env"` // complete, NAME=value; the values in clear

	Sandbox *sandbox.Policy `json:"sandbox,omitempty"` // to start it in; nil for none
}

// OneOff returns the environment of a kept release, of the live one when id is
// 0, and makes the folders that it names. Nothing runs by it: the caller
// starts the command.
func (e *Engine) OneOff(ctx context.Context, n slot.Name, id int) (OneOff, error) {
	n, err := slot.ParseName(string(n))
	if err != nil {
		return OneOff{}, err
	}
	if id == 0 {
		if id = e.Store.State(n).Release; id == 0 {
			return OneOff{}, slot.E(slot.KindNotFound, fmt.Sprintf("slot deploy %s https://github.com/you/app", n),
				fmt.Errorf("nothing was deployed to slot %s yet", n))
		}
	}
	rel, err := e.Store.Release(n, id)
	if err != nil {
		return OneOff{}, err
	}
	if err := e.lanes[n].folders(); err != nil {
		return OneOff{}, err
	}
	if e.Database != nil {
		if err := e.Database.Prepare(ctx, n); err != nil {
			e.Log.Warn("the database is not there", slot.KeySlot, n, slot.KeyError, err)
		}
	}
	dir := e.appDir(rel)
	if web := rel.Plan.Web(); web != nil {
		dir = filepath.Join(dir, filepath.FromSlash(web.WorkingDir))
	}
	l := e.lanes[n]
	env := append(e.environment(rel, 0), process.Marker+"="+l.oneOffMarker())
	return OneOff{Release: rel.ID, Dir: dir, Env: env, Sandbox: l.sandbox(l.sandboxMode(), rel)}, nil
}

// oneOffMarker is what the one-off commands of the slot are known by: the same
// for all, as they are no processes of this or another daemon, and of this state
// folder alone.
func (l *lane) oneOffMarker() string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(l.e.Store.Layout().Home)) // a hash takes all
	return fmt.Sprintf("run.%s.%016x", l.name, h.Sum64())
}

// endOneOffs ends the commands that run as a process of the slot would.
func (l *lane) endOneOffs(ctx context.Context) {
	grace := l.e.Store.Config().Slots[l.name].StopTimeout.Or(slot.DefaultStopTimeout)
	if err := process.End(ctx, l.oneOffMarker(), grace); err != nil {
		l.e.Log.Warn("cannot end a one-off command", slot.KeySlot, l.name, slot.KeyError, err)
	}
}
