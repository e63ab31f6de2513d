package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/store"
)

// surroundings are what slot setup finds. Looking changes nothing: the daemon
// may well not run yet.
type surroundings struct {
	settings settings.Settings
	running  bool
	config   slot.Config
	states   []slot.Status // none where it does not run
	database bool          // is there already
	webhook  string        // the address that hosts call, "" where it is closed
	github   string        // GitHub's host
	git      *git.Git
	coder    *coderSession // nil outside of a workspace, and where Coder cannot be asked
}

// look finds them. In a workspace the program that can speak with Coder goes
// on with this command line.
func (o *setupOptions) look(ctx context.Context, w *World) (*surroundings, error) {
	where, err := w.settings()
	if err != nil {
		return nil, err
	}
	h := &surroundings{settings: where, github: w.gitHubHost(), git: w.git(), config: store.LastGoodConfig(store.Layout{Home: where.Home})}
	if where.WebhookPort != 0 {
		h.webhook = where.Address("webhook", where.WebhookPort) + "/webhook"
	}
	if err := h.findCoder(ctx, w); err != nil {
		if len(o.subdomains) > 0 {
			return nil, err
		}
		if where.Place.Inside() {
			fmt.Fprintf(w.Err, "subdomains stay as they are: %v\n", err)
		}
	}
	c, err := w.connect()
	if err == nil {
		err = h.ask(ctx, c)
	}
	if err != nil && slot.AsError(err).Kind != slot.KindUnreachable {
		return nil, err
	}
	return h, nil
}

// findCoder asks the workspace's server for its parameters.
func (h *surroundings) findCoder(ctx context.Context, w *World) (err error) {
	if !h.settings.Place.Inside() {
		return slot.E(slot.KindUsage, "leave --subdomain out", errors.New("cannot change subdomains: this is no Coder workspace"))
	}
	if w.Coder == nil {
		return w.handOver(w.Args)
	}
	h.coder, err = w.openCoder(ctx, coderFlags{})
	return err
}

// ask asks a daemon that runs.
func (h *surroundings) ask(ctx context.Context, c *api.Client) (err error) {
	if h.states, err = c.Status(ctx); err != nil {
		return err
	}
	h.running = true
	if h.config, err = c.Config(ctx); err != nil {
		return err
	}
	st, err := c.DatabaseStatus(ctx)
	h.database = err == nil && st.State != slot.DatabaseOff
	return err
}
