package api

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/database"
	"github.com/slot-paas/slot/supervisor/deploy"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/metrics"
	"github.com/slot-paas/slot/supervisor/store"
)

// Options are what the server answers from. All are needed.
type Options struct {
	Engine   *deploy.Engine
	Store    *store.Store
	Logs     map[slot.Name]*logs.Log
	Settings settings.Settings
	Version  string
	Admin    Doorkeeper
	Shutdown func() // stops the apps and the daemon; returns at once

	Webhook    Webhook
	WebhookURL func() string // where hosts reach it; "" when its door is closed
	Supervisor Supervisor

	Database    *database.Server
	ServiceLogs map[string]*logs.Log // of "postgres" and "pgadmin"
}

type server struct {
	Options
	started time.Time
}

// NewServer returns the control API.
func NewServer(o Options) http.Handler {
	s := &server{Options: o, started: time.Now()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/version", s.version)
	mux.HandleFunc("GET /v1/status", s.status)
	mux.HandleFunc("GET /v1/traffic", s.traffic)
	mux.Handle("GET /metrics", metrics.Handler(s.snapshot))
	mux.HandleFunc("GET /v1/usage", s.usage)
	mux.HandleFunc("POST /v1/deployments", s.deploy)
	mux.HandleFunc("GET /v1/deployments", s.deployments)
	mux.HandleFunc("GET /v1/deployments/{id}", s.deployment)
	mux.HandleFunc("GET /v1/deployments/{id}/events", s.events)
	mux.HandleFunc("POST /v1/deployments/{id}/cancel", s.cancel)
	mux.HandleFunc("POST /v1/slots/{slot}/stop", s.stop)
	mux.HandleFunc("GET /v1/slots/{slot}/dev", s.devEnvironment)
	mux.HandleFunc("POST /v1/slots/{slot}/dev", s.dev)
	mux.HandleFunc("GET /v1/slots/{slot}", s.inspect)
	mux.HandleFunc("GET /v1/slots/{slot}/explanation", s.explain)
	mux.HandleFunc("GET /v1/slots/{slot}/logs", s.logs)
	mux.HandleFunc("GET /v1/slots/{slot}/releases", s.releases)
	mux.HandleFunc("GET /v1/slots/{slot}/run", s.run)
	mux.HandleFunc("GET /v1/slots/{slot}/env", s.env)
	mux.HandleFunc("PATCH /v1/slots/{slot}/env", s.changeEnv)
	mux.HandleFunc("GET /v1/config", s.config)
	mux.HandleFunc("PATCH /v1/config", s.changeConfig)
	mux.HandleFunc("GET /v1/config/file", s.configFile)
	mux.HandleFunc("PUT /v1/config/file", s.replaceConfig)
	mux.HandleFunc("GET /v1/config/backups", s.backups)
	mux.HandleFunc("POST /v1/config/restore", s.restore)
	mux.HandleFunc("GET /v1/cache", s.caches)
	mux.HandleFunc("POST /v1/cache/clear", s.clearCaches)
	mux.HandleFunc("POST /v1/admin/link", s.adminLink)
	mux.HandleFunc("GET /v1/admin/tokens", s.adminTokens)
	mux.HandleFunc("POST /v1/admin/tokens", s.createAdminToken)
	mux.HandleFunc("DELETE /v1/admin/tokens/{name}", s.revokeAdminToken)
	mux.HandleFunc("POST /v1/shutdown", s.shutdown)
	s.databaseRoutes(mux)
	s.routeWebhook(mux)
	mux.HandleFunc("POST /v1/reload", s.reload)
	mux.HandleFunc("PUT /v1/environment", s.setEnvironment)
	mux.HandleFunc("POST "+SocketsPath, s.sockets)
	return s.guarded(mux)
}

// guarded refuses every call without the token.
func (s *server) guarded(next http.Handler) http.Handler {
	want := []byte(s.Store.Token())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(got), want) != 1 {
			fail(w, slot.E(slot.KindRefused, "the token is in secrets.json of the state folder",
				errors.New("the control socket needs its token")))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) version(w http.ResponseWriter, _ *http.Request) {
	v := Version{Version: s.Version, PID: os.Getpid(), Home: s.Settings.Home, StartedAt: s.started, Keeper: s.Supervisor.Keeper()}
	if err := s.Store.ConfigError(); err != nil {
		v.Config = err.Error()
	}
	answer(w, v)
}

func (s *server) status(w http.ResponseWriter, _ *http.Request) {
	var all []slot.Status
	lost := s.Supervisor.Keeper().State == KeeperLost
	for _, n := range slot.Names() {
		one := s.Engine.Status(n)
		one.KeeperLost = lost
		all = append(all, one)
	}
	answer(w, all)
}

// deploy queues a deployment; with ?follow it streams its events, and a
// client that goes away does not end it.
func (s *server) deploy(w http.ResponseWriter, r *http.Request) {
	var req slot.Request
	if err := read(w, r, &req); err != nil {
		fail(w, err)
		return
	}
	d, err := s.Engine.Submit(req)
	if err != nil {
		fail(w, err)
		return
	}
	if !r.URL.Query().Has("follow") {
		answer(w, d)
		return
	}
	s.follow(w, r, d.ID)
}

func (s *server) events(w http.ResponseWriter, r *http.Request) {
	id, err := deploymentID(r)
	if err != nil {
		fail(w, err)
		return
	}
	s.follow(w, r, id)
}

func (s *server) follow(w http.ResponseWriter, r *http.Request, id int64) {
	out := newStream(w)
	sent := false
	err := s.Engine.Follow(r.Context(), id, func(ev slot.Event) error {
		sent = true
		return out.send(ev)
	})
	if err != nil && !sent {
		fail(w, err)
	}
}

func (s *server) cancel(w http.ResponseWriter, r *http.Request) {
	id, err := deploymentID(r)
	if err == nil {
		err = s.Engine.Cancel(id)
	}
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, struct{}{})
}

func (s *server) stop(w http.ResponseWriter, r *http.Request) {
	n, err := slot.ParseName(r.PathValue("slot"))
	if err == nil {
		err = s.Engine.Stop(r.Context(), n)
	}
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, s.Engine.Status(n))
}

func (s *server) inspect(w http.ResponseWriter, r *http.Request) {
	n, err := slot.ParseName(r.PathValue("slot"))
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, s.Engine.Inspect(n))
}

func (s *server) releases(w http.ResponseWriter, r *http.Request) {
	n, err := slot.ParseName(r.PathValue("slot"))
	if err != nil {
		fail(w, err)
		return
	}
	out := Releases{Live: s.Store.State(n).Release, Keep: slot.DefaultKeep, Releases: []slot.Release{}}
	if keep := s.Store.Config().Slots[n].Deployment.Keep; keep != 0 {
		out.Keep = keep
	}
	for _, rel := range s.Store.Releases(n) {
		rel.Env = nil // values are shown by env only
		out.Releases = append([]slot.Release{rel}, out.Releases...)
	}
	answer(w, out)
}

func (s *server) shutdown(w http.ResponseWriter, _ *http.Request) {
	answer(w, struct{}{})
	s.Shutdown()
}

func deploymentID(r *http.Request) (int64, error) {
	return count(r, "id", "a deployment")
}

// count reads the number of something out of the path.
func count(r *http.Request, name, of string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0, slot.E(slot.KindUsage, "", fmt.Errorf("%q is not the number of %s", r.PathValue(name), of))
	}
	return id, nil
}

// number reads a count from the query, 0 to 100000.
func number(r *http.Request, name string, def int) (int, error) {
	v := r.URL.Query().Get(name)
	if v == "" {
		return def, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 100_000 {
		return 0, slot.E(slot.KindUsage, "", errors.New(name+" is "+strconv.Quote(v)+"; want 0 to 100000"))
	}
	return n, nil
}
