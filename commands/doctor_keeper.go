package commands

import (
	"context"
	"fmt"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/supervisor/api"
)

// checkKeeper says whether somebody would start the daemon again.
func checkKeeper(ctx context.Context, w *World, s settings.Settings) []finding {
	c, err := w.dial(s.Home)
	if err != nil {
		return nil // nothing was started here yet
	}
	v, err := c.Version(ctx)
	if err != nil {
		return nil // it does not run, which is no fault
	}
	f := finding{Check: "keeper", State: healthy, Text: fmt.Sprintf("pid %d", v.Keeper.PID)}
	switch v.Keeper.State {
	case api.KeeperLost:
		f.State, f.Remedy = warning, "slot up"
		f.Text = "lost: slot serves on, but nothing starts it again when it ends"
	case api.KeeperNone:
		f.Text = "none: slot serve runs by itself"
	}
	return []finding{f}
}
