package supervisor

import (
	browser "github.com/slot-paas/slot/supervisor/admin"
	"github.com/slot-paas/slot/supervisor/api"
)

// openAdmin opens the room of the browser's pages, whether or not its door is
// open: the command line makes its keys.
func (h *house) openAdmin() (err error) {
	address := ""
	if l := h.ls[admin]; l != nil {
		address = "http://" + l.Addr().String()
	}
	h.admin, err = browser.New(browser.Options{
		Engine: h.engine, Store: h.store, Logs: h.logs, Settings: h.d.Settings, Getenv: h.d.env.get,
		Address: address, Version: h.d.Version, Webhook: h.webhook, WebhookURL: h.webhookURL, Database: h.database, Hooks: h.hooks, Log: h.d.Log,
		KeeperLost: func() bool { return h.Keeper().State == api.KeeperLost },
	})
	return err
}
