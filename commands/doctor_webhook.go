package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

// checkWebhook says what came to the webhook: a delivery is the one proof that
// hosts outside reach it. Its address in Coder is asked by checkCoder.
func checkWebhook(ctx context.Context, w *World, s settings.Settings) []finding {
	c, err := w.dial(s.Home)
	if err != nil || s.WebhookPort == 0 {
		return nil
	}
	info, err := c.Webhook(ctx)
	if err != nil {
		return nil // checkDaemon has said so
	}
	came, err := c.Deliveries(ctx, 20)
	if err != nil {
		e := slot.AsError(err)
		return []finding{newFinding("webhook", warning, e.Error(), e.Hint)}
	}
	return webhookFindings(info, came, s, time.Now())
}

func webhookFindings(info api.WebhookInfo, came []slot.Delivery, s settings.Settings, now time.Time) []finding {
	f := newFinding("webhook", healthy, "nothing has come yet; slot webhook setup makes the hook", "")
	if !s.Place.Inside() {
		f.Text = fmt.Sprintf("nothing has come yet; hosts need an address that leads to port %d: slot webhook setup --url", s.WebhookPort)
	}
	for _, d := range came {
		if d.Source != "catch-up" && d.Event != "ping" { // slot's own look, and what slot webhook test sends
			f.Text = fmt.Sprintf("reached from outside: a %s of %s came %s ago", d.Event, d.Source, age(d.Time, now))
			break
		}
	}
	seen := []finding{f}
	for _, r := range info.Refused {
		if r.Status == 401 || r.Status == 403 {
			seen = append(seen, newFinding("webhook", warning,
				fmt.Sprintf("%d calls were refused, the last one %s ago: %s", r.Count, age(r.Last, now), r.Reason),
				"slot webhook setup gives the host the secret that holds here"))
		}
	}
	return seen
}
