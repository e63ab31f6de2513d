package supervisor

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/slot-paas/slot/slot"
	receiver "github.com/slot-paas/slot/supervisor/webhook"
)

// idleTimeout is how long a door keeps an idle connection: longer than the ten
// minutes for which Coder does, whose next call would else meet our close.
const idleTimeout = 11 * time.Minute

// openDoors prepares what answers on the ports that are not the slots'.
func (h *house) openDoors() {
	h.doors = map[string]*http.Server{}
	for name, handler := range map[string]http.Handler{
		admin:   h.admin,
		webhook: h.webhook,
	} {
		if h.ls[name] != nil {
			h.doors[name] = &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: idleTimeout}
		}
	}
}

// openWebhook prepares what answers pushes.
func (h *house) openWebhook() {
	getenv := h.d.Getenv
	h.webhook = receiver.New(receiver.Options{
		Store: h.store, Submit: h.engine.Submit, Empty: h.engine.Empty, Follow: h.engine.Follow, Git: h.engine.Git, Log: h.d.Log,
		GitHubAPI: getenv("GITHUB_API_URL"),
		Token: func() string {
			kept, err := h.store.Webhook()
			if err != nil {
				h.d.Log.Warn("cannot read the token for GitHub", slot.KeyError, err)
			}
			return cmp.Or(kept.GitHubToken, getenv("GITHUB_TOKEN"), getenv("GH_TOKEN"))
		},
	})
}

// webhookURL is where hosts of repositories reach the webhook, "" when its door
// is closed.
func (h *house) webhookURL() string {
	if h.ls[webhook] == nil {
		return ""
	}
	return h.d.Settings.Address("webhook", h.d.Settings.WebhookPort) + "/webhook"
}

// serveDoors begins to answer on them, and looks for what was pushed while
// nobody did.
func (h *house) serveDoors() {
	ctx, cancel := context.WithCancel(context.Background())
	h.endCatchUp = cancel
	h.wg.Go(func() { h.webhook.CatchUp(ctx) })
	for name, server := range h.doors {
		h.wg.Go(func() {
			if err := server.Serve(h.ls[name]); !errors.Is(err, http.ErrServerClosed) {
				h.d.Log.Error("a door ended", "door", name, slot.KeyError, err)
			}
		})
	}
}

// doorGrace is how long requests in flight have at the end; streams stay for
// ever and are cut off.
const doorGrace = time.Second

// closeDoors ends them; none may be open.
func (h *house) closeDoors() {
	ctx, cancel := context.WithTimeout(context.Background(), doorGrace)
	defer cancel()
	if h.endCatchUp != nil {
		h.endCatchUp()
	}
	if h.admin != nil {
		h.admin.Close() // pages are looked at for ever
	}
	for _, server := range h.doors {
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	}
}
