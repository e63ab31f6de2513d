package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/slot-paas/slot/slot"
)

// stopPatience is how long a browser waits for the end of an app's processes;
// they go on ending after it.
const stopPatience = 15 * time.Second

// slotStop drains and stops the slot.
func (a *Admin) slotStop(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	err := a.stop(r, n)
	a.note(r, c, "stop", n, "", err)
	a.done(w, r, c, backTo(r, "/slots/"+string(n)), "Slot "+string(n)+" is stopped.", err)
}

func (a *Admin) stop(r *http.Request, n slot.Name) error {
	ctx, cancel := context.WithTimeout(detached(r), stopPatience)
	defer cancel()
	err := a.Engine.Stop(ctx, n)
	if ctx.Err() != nil {
		return nil // it was told to, and does
	}
	return err
}
