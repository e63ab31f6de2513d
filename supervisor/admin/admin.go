// Package admin is slot for the browser: pages and a JSON API on a loopback
// port, for people who never open a terminal and for scripts. Everything but
// the login page needs a session or a token; what else guards the door stands
// in door.go, headers.go and hosts.go, and docs/security.md says what is
// claimed. Pages are made on the server and work without JavaScript; scripts
// add what is live. One page or action a file.
//
// New opens the keys; the Admin is an http.Handler, whose streams end with
// their requests or with Close.
package admin

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/deploy"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/store"
)

// Options are what the pages show. All but Webhook, Database and Hooks are
// needed.
type Options struct {
	Engine     *deploy.Engine
	Store      *store.Store
	Logs       map[slot.Name]*logs.Log
	Settings   settings.Settings
	Getenv     func(string) string
	Address    string // on this machine, such as http://127.0.0.1:9000; "" where the door is closed
	Version    string
	Webhook    Webhook       // nil for none
	WebhookURL func() string // where hosts reach it, "" where it is closed
	Database   Database      // nil for none
	Hooks      Hooks         // nil for none
	KeeperLost func() bool   // nobody would start the daemon again
	Log        *slog.Logger
}

// Admin answers on the admin's port. Safe for concurrent use.
type Admin struct {
	Options
	handler http.Handler
	keys    *keys
	audit   *audit
	flashes *flashes
	limiter *limiter
	streams *streams
	batch   batch
	meter   *meter
	drafts  *drafts
	started time.Time
	end     chan struct{} // closed by Close
}

// New returns the admin of the store's folder. Close it.
func New(o Options) (*Admin, error) {
	dir := o.Store.Layout().Admin()
	k, err := openKeys(dir, time.Now)
	if err != nil {
		return nil, err
	}
	a := &Admin{
		Options: o, keys: k, audit: openAudit(dir, o.Log),
		flashes: &flashes{all: map[string]flash{}},
		limiter: &limiter{now: time.Now},
		streams: &streams{open: map[string]int{}},
		drafts:  &drafts{dir: dir},
		meter:   &meter{measure: o.Engine.Usage},
		started: time.Now(),
		end:     make(chan struct{}),
	}
	a.handler = a.routes()
	return a, nil
}

func (a *Admin) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Close ends the streams. Call it once.
func (a *Admin) Close() { close(a.end) }

// Link makes an address that lets one browser in, once.
func (a *Admin) Link() (slot.AdminLink, error) {
	if a.Address == "" {
		return slot.AdminLink{}, slot.E(slot.KindUsage, "set SLOT_ADMIN_PORT or admin_port to a port, then: slot down, slot up",
			errors.New("the admin is closed: its port is 0"))
	}
	key, expires, err := a.keys.link()
	if err != nil {
		return slot.AdminLink{}, err
	}
	return slot.AdminLink{URL: a.Address + "/login?link=" + key, ExpiresAt: expires}, nil
}

// Tokens lists the tokens by name, without their values.
func (a *Admin) Tokens() []slot.AdminToken { return a.keys.tokens() }

// CreateToken adds a token.
func (a *Admin) CreateToken(req slot.AdminTokenRequest) (slot.AdminTokenCreated, error) {
	return a.keys.createToken(req)
}

// RevokeToken ends a token and the sessions that began with it.
func (a *Admin) RevokeToken(name string) error { return a.keys.revokeToken(name) }

// pid is the daemon's, for the page about it.
func pid() int { return os.Getpid() }
