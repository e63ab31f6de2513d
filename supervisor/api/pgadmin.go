package api

import (
	"context"
	"net/http"

	"github.com/slot-paas/slot/slot"
)

func (s *server) pgAdminRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/database/pgadmin", s.pgAdmin)
	mux.HandleFunc("POST /v1/database/pgadmin/enable", s.enablePgAdmin)
	mux.HandleFunc("POST /v1/database/pgadmin/disable", s.disablePgAdmin)
	mux.HandleFunc("POST /v1/database/pgadmin/login", s.loginPgAdmin)
}

// PgAdminLogin is the answer to POST /v1/database/pgadmin/login.
type PgAdminLogin struct {
	URL      string `json:"url"`      // on this machine
	Path     string `json:"path"`     // of that URL, for another address of pgAdmin
	Password string `json:"password"` // of its login page
}

func (s *server) pgAdmin(w http.ResponseWriter, r *http.Request) {
	answer(w, s.Database.PgAdminStatus(r.Context()))
}

func (s *server) enablePgAdmin(w http.ResponseWriter, r *http.Request) {
	long(w, r, func(ctx context.Context, say slot.Progress) (slot.PgAdminStatus, error) {
		if err := s.Database.EnablePgAdmin(ctx, say); err != nil {
			return slot.PgAdminStatus{}, err
		}
		return s.Database.PgAdminStatus(ctx), nil
	})
}

func (s *server) disablePgAdmin(w http.ResponseWriter, r *http.Request) {
	if err := s.Database.DisablePgAdmin(r.Context()); err != nil {
		fail(w, err)
		return
	}
	answer(w, s.Database.PgAdminStatus(r.Context()))
}

// loginPgAdmin makes a link that is good once.
func (s *server) loginPgAdmin(w http.ResponseWriter, r *http.Request) {
	path, err := s.Database.PgAdminLogin()
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, PgAdminLogin{
		URL: s.Database.PgAdminStatus(r.Context()).URL + path, Path: path, Password: s.Database.PgAdminPassword(),
	})
}

// PgAdmin looks at pgAdmin.
func (c *Client) PgAdmin(ctx context.Context) (st slot.PgAdminStatus, err error) {
	return st, c.call(ctx, http.MethodGet, "/v1/database/pgadmin", nil, &st)
}

// EnablePgAdmin installs it where it is not, and starts it.
func (c *Client) EnablePgAdmin(ctx context.Context, say slot.Progress) (slot.PgAdminStatus, error) {
	return callLong[slot.PgAdminStatus](ctx, c, "/v1/database/pgadmin/enable", nil, say)
}

// DisablePgAdmin stops it for good.
func (c *Client) DisablePgAdmin(ctx context.Context) (st slot.PgAdminStatus, err error) {
	return st, c.exchange(ctx, http.MethodPost, "/v1/database/pgadmin/disable", nil, &st)
}

// LoginPgAdmin returns a link that logs in whoever opens it first.
func (c *Client) LoginPgAdmin(ctx context.Context) (l PgAdminLogin, err error) {
	return l, c.call(ctx, http.MethodPost, "/v1/database/pgadmin/login", nil, &l)
}
