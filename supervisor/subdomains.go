package supervisor

import (
	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// mirrorSubdomains brings slots.json up to the parameters of the Coder
// workspace, which own the subdomains. They stand in the environment of the last
// "slot up", which a daemon that its keeper starts again has as well.
func (h *house) mirrorSubdomains() {
	now := coder.Subdomains(h.d.env.get)
	if len(now) == 0 {
		return
	}
	err := h.store.UpdateConfig(func(c *slot.Config) error {
		for n, subdomain := range now {
			sc := c.Slots[n]
			sc.Subdomain = subdomain
			c.Slots[n] = sc
		}
		return nil
	})
	if err != nil {
		h.d.Log.Warn("cannot take over the subdomains of Coder's parameters", slot.KeyError, err)
	}
}
