package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor"
	"github.com/slot-paas/slot/supervisor/store"
)

// checkDaemon tells a daemon that was killed, and what it left, from one that
// was ended by slot down.
func checkDaemon(ctx context.Context, w *World, s settings.Settings) []finding {
	lay := store.Layout{Home: s.Home}
	c, err := w.dial(s.Home)
	if err != nil {
		return nil // nothing was started here yet, or checkHome has said why not
	}
	v, err := c.Version(ctx)
	switch {
	case err == nil && v.Config != "":
		return []finding{newFinding("configuration", warning, "slots.json is not in force: "+v.Config, "slot config validate; slot config restore brings back the last good one")}
	case err == nil:
		return []finding{newFinding("daemon", healthy, fmt.Sprintf("version %s, pid %d", v.Version, v.PID), "")}
	case supervisor.Running(s.Home):
		return []finding{newFinding("daemon", problem, "it runs and does not answer: "+err.Error(), "slot down ends it, slot up starts the next; its messages are in run/daemon.log of the state folder")}
	case !there(lay.Socket()):
		return []finding{newFinding("daemon", healthy, "does not run; slot up starts it", "")}
	}
	wanted := store.Wanted(lay)
	if len(wanted) == 0 {
		f := newFinding("daemon", warning, "a socket is left of a daemon that was killed: "+lay.Socket(), "rm "+lay.Socket())
		return []finding{f.mendable(removeSocket(lay.Socket()))}
	}
	f := newFinding("daemon", problem, "slot was killed: nobody looks after slot "+join(wanted), "slot up")
	return []finding{f.mendable(func(_ context.Context, w *World) (string, error) {
		return "slot up", w.start(s)
	})}
}

func join(names []slot.Name) string {
	var words []string
	for _, n := range names {
		words = append(words, string(n))
	}
	return strings.Join(words, ", ")
}

// removeSocket removes nothing but a socket.
func removeSocket(path string) fixer {
	return func(context.Context, *World) (string, error) {
		info, err := os.Lstat(path)
		if err == nil && info.Mode()&fs.ModeSocket == 0 {
			err = errors.New(path + " is no socket")
		}
		if err == nil {
			err = syscall.Unlink(path)
		}
		return "rm " + path, err
	}
}
