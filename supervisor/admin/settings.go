package admin

import (
	"net/http"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/metrics"
)

// Webhook is what the pages need of the room that answers pushes.
type Webhook interface {
	http.Handler // answers /webhook by its own lock, the signature
	Replay(number int64) (slot.Delivery, error)
	Refusals() []slot.Refusal
	EnablePreviews(slot.PreviewConfig) error
	DisablePreviews(repository string) error
	ClosePreview(repository string, number int) (slot.Decision, error)
}

// settingsView is what concerns all slots.
type settingsView struct {
	WebhookURL string
	Rotating   bool // two secrets hold
	Secret     string
	Deliveries []slot.Delivery
	Refused    []slot.Refusal

	Tokens []slot.AdminToken
	Value  string // of a token that was just made
	Audit  []slot.AuditEntry

	Home    string
	PID     int
	Started time.Time
}

// How many of each a page shows.
const (
	shownDeliveries = 15
	shownAudit      = 30
)

// settings shows what concerns all slots.
func (a *Admin) settings(w http.ResponseWriter, r *http.Request, c caller) {
	a.page(w, r, c, "settings.html", "Settings", "settings", a.settingsView())
}

func (a *Admin) settingsView() settingsView {
	v := settingsView{
		Tokens: a.keys.tokens(), Audit: a.audit.last(shownAudit),
		Home: a.Settings.Home, PID: pid(), Started: a.started,
	}
	if a.Webhook != nil {
		v.WebhookURL, v.Deliveries, v.Refused = a.WebhookURL(), a.Store.Deliveries(shownDeliveries), a.Webhook.Refusals()
		if secrets, err := a.Store.Webhook(); err == nil {
			v.Rotating = !secrets.RotatedAt.IsZero()
		}
	}
	return v
}

// metrics tells Prometheus what the control socket does.
func (a *Admin) metrics(w http.ResponseWriter, r *http.Request, _ caller) {
	metrics.Handler(func() metrics.Snapshot {
		m := metrics.Snapshot{Version: a.Version, Traffic: a.Engine.Traffic()}
		for _, n := range slot.Names() {
			m.Status = append(m.Status, a.Engine.Status(n))
		}
		return m
	}).ServeHTTP(w, r)
}
