package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/slot-paas/slot/slot"
)

// Doorkeeper hands out what opens the admin; package admin has it.
type Doorkeeper interface {
	Link() (slot.AdminLink, error)
	Tokens() []slot.AdminToken
	CreateToken(slot.AdminTokenRequest) (slot.AdminTokenCreated, error)
	RevokeToken(name string) error
}

func (s *server) adminLink(w http.ResponseWriter, _ *http.Request) {
	link, err := s.Admin.Link()
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, link)
}

func (s *server) adminTokens(w http.ResponseWriter, _ *http.Request) { answer(w, s.Admin.Tokens()) }

func (s *server) createAdminToken(w http.ResponseWriter, r *http.Request) {
	var req slot.AdminTokenRequest
	err := read(w, r, &req)
	var made slot.AdminTokenCreated
	if err == nil {
		made, err = s.Admin.CreateToken(req)
	}
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, made)
}

func (s *server) revokeAdminToken(w http.ResponseWriter, r *http.Request) {
	if err := s.Admin.RevokeToken(r.PathValue("name")); err != nil {
		fail(w, err)
		return
	}
	answer(w, struct{}{})
}

// AdminLink makes an address that lets one browser into the admin, once.
func (c *Client) AdminLink(ctx context.Context) (l slot.AdminLink, err error) {
	return l, c.call(ctx, http.MethodPost, "/v1/admin/link", nil, &l)
}

// AdminTokens lists the tokens of the admin by name.
func (c *Client) AdminTokens(ctx context.Context) (all []slot.AdminToken, err error) {
	return all, c.call(ctx, http.MethodGet, "/v1/admin/tokens", nil, &all)
}

// CreateAdminToken adds a token.
func (c *Client) CreateAdminToken(ctx context.Context, req slot.AdminTokenRequest) (made slot.AdminTokenCreated, err error) {
	return made, c.call(ctx, http.MethodPost, "/v1/admin/tokens", req, &made)
}

// RevokeAdminToken ends a token and the sessions that began with it.
func (c *Client) RevokeAdminToken(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, "/v1/admin/tokens/"+url.PathEscape(name), nil, nil)
}
