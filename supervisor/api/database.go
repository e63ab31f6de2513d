package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/database"
)

func (s *server) databaseRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/database", s.databaseStatus)
	mux.HandleFunc("POST /v1/database/enable", s.enableDatabase)
	mux.HandleFunc("POST /v1/database/disable", s.disableDatabase)
	mux.HandleFunc("GET /v1/database/access", s.databaseAccess)
	mux.HandleFunc("GET /v1/database/logs", s.databaseLogs)
	mux.HandleFunc("POST /v1/database/upgrade", s.upgradeDatabase)
	s.backupRoutes(mux)
	s.pgAdminRoutes(mux)
}

// longEvent is one line of the answer to a call that takes its time: what it
// does, and at the end its result or why there is none.
type longEvent[T any] struct {
	Text   string      `json:"text,omitempty"`
	Result *T          `json:"result,omitempty"`
	Error  *slot.Error `json:"error,omitempty"`
}

// long streams what an operation tells, then how it ended. A client that goes
// away ends it.
func long[T any](w http.ResponseWriter, r *http.Request, operation func(context.Context, slot.Progress) (T, error)) {
	out := newStream(w)
	var mu sync.Mutex
	send := func(ev longEvent[T]) {
		mu.Lock()
		defer mu.Unlock()
		_ = out.send(ev) // a client that went away ends r.Context
	}
	if err := out.rc.Flush(); err != nil {
		return
	}
	result, err := operation(r.Context(), func(text string) { send(longEvent[T]{Text: text}) })
	if err != nil {
		send(longEvent[T]{Error: slot.AsError(err)})
		return
	}
	send(longEvent[T]{Result: &result})
}

// callLong makes such a call.
func callLong[T any](ctx context.Context, c *Client, path string, in any, say slot.Progress) (result T, err error) {
	res, err := c.do(ctx, http.MethodPost, path, in)
	if err != nil {
		return result, err
	}
	defer res.Body.Close()
	dec := json.NewDecoder(res.Body)
	for {
		var ev longEvent[T]
		err := dec.Decode(&ev)
		switch {
		case ctx.Err() != nil:
			return result, ctx.Err()
		case err != nil:
			return result, unreachable(c.home, fmt.Errorf("the answer broke off: %w", err))
		case ev.Error != nil:
			return result, ev.Error
		case ev.Result != nil:
			return *ev.Result, nil
		}
		say(ev.Text)
	}
}

func (s *server) databaseStatus(w http.ResponseWriter, r *http.Request) {
	answer(w, s.Database.Status(r.Context()))
}

func (s *server) enableDatabase(w http.ResponseWriter, r *http.Request) {
	long(w, r, func(ctx context.Context, say slot.Progress) (slot.DatabaseStatus, error) {
		if err := s.Database.Enable(ctx, say); err != nil {
			return slot.DatabaseStatus{}, err
		}
		return s.Database.Status(ctx), nil
	})
}

// DatabaseUpgrade is the body of POST /v1/database/upgrade; 0 is the newest
// version that is installed.
type DatabaseUpgrade struct {
	To int `json:"to,omitempty"`
}

func (s *server) upgradeDatabase(w http.ResponseWriter, r *http.Request) {
	var req DatabaseUpgrade
	if err := read(w, r, &req); err != nil {
		fail(w, err)
		return
	}
	long(w, r, func(ctx context.Context, say slot.Progress) (database.Upgraded, error) {
		return s.Database.Upgrade(ctx, req.To, say)
	})
}

// UpgradeDatabase carries the data over to a newer PostgreSQL.
func (c *Client) UpgradeDatabase(ctx context.Context, to int, say slot.Progress) (database.Upgraded, error) {
	return callLong[database.Upgraded](ctx, c, "/v1/database/upgrade", DatabaseUpgrade{to}, say)
}

func (s *server) disableDatabase(w http.ResponseWriter, r *http.Request) {
	if err := s.Database.Disable(r.Context()); err != nil {
		fail(w, err)
		return
	}
	answer(w, s.Database.Status(r.Context()))
}

// databaseAccess answers what it takes to open a database, the password in
// clear.
func (s *server) databaseAccess(w http.ResponseWriter, r *http.Request) {
	src, err := slot.ParseDatabaseSource(r.URL.Query().Get("source"))
	if err != nil {
		fail(w, err)
		return
	}
	out := DatabaseAccess{}
	out.DatabaseAccess, err = s.Database.URL(r.Context(), src, r.URL.Query().Has("superuser"))
	if err != nil {
		fail(w, err)
		return
	}
	out.Psql = s.Database.Psql(r.Context())
	answer(w, out)
}

// DatabaseAccess is the answer to GET /v1/database/access.
type DatabaseAccess struct {
	slot.DatabaseAccess
	Psql string `json:"psql,omitempty"` // the program that came with the server
}

// databaseLogs sends the log of PostgreSQL, or of pgAdmin.
func (s *server) databaseLogs(w http.ResponseWriter, r *http.Request) {
	service := r.URL.Query().Get("service")
	if service == "" {
		service = "postgres"
	}
	log, ok := s.ServiceLogs[service]
	if !ok {
		fail(w, slot.E(slot.KindUsage, "postgres or pgadmin", fmt.Errorf("no service %q", service)))
		return
	}
	s.sendLog(w, r, log)
}

// DatabaseStatus looks at PostgreSQL.
func (c *Client) DatabaseStatus(ctx context.Context) (st slot.DatabaseStatus, err error) {
	return st, c.call(ctx, http.MethodGet, "/v1/database", nil, &st)
}

// EnableDatabase sets PostgreSQL up and starts it.
func (c *Client) EnableDatabase(ctx context.Context, say slot.Progress) (slot.DatabaseStatus, error) {
	return callLong[slot.DatabaseStatus](ctx, c, "/v1/database/enable", nil, say)
}

// DisableDatabase stops PostgreSQL for good; the data stays.
func (c *Client) DisableDatabase(ctx context.Context) (st slot.DatabaseStatus, err error) {
	return st, c.exchange(ctx, http.MethodPost, "/v1/database/disable", nil, &st)
}

// DatabaseAccess returns what it takes to open a database. It holds the
// password.
func (c *Client) DatabaseAccess(ctx context.Context, src slot.DatabaseSource, superuser bool) (a DatabaseAccess, err error) {
	path := "/v1/database/access?source=" + string(src)
	if superuser {
		path += "&superuser"
	}
	return a, c.exchange(ctx, http.MethodGet, path, nil, &a)
}
