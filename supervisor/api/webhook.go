package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// Webhook is what the control API needs of the room that answers pushes.
type Webhook interface {
	Replay(number int64) (slot.Delivery, error)
	Refusals() []slot.Refusal
	Previews
}

// Previews is what it needs for those of pull requests.
type Previews interface {
	OpenPreview(repository string, number int, trust bool) (slot.Decision, error)
	ClosePreview(repository string, number int) (slot.Decision, error)
	EnablePreviews(slot.PreviewConfig) error
	DisablePreviews(repository string) error
}

// WebhookInfo is the answer to GET /v1/webhook.
type WebhookInfo struct {
	URL       string         `json:"url"`                 // where hosts reach it; "" when the door is closed
	RotatedAt time.Time      `json:"rotated_at,omitzero"` // while two secrets hold
	GitHub    bool           `json:"github_token"`        // whether a token for commit statuses is kept
	Refused   []slot.Refusal `json:"refused"`
}

// GitHubToken is the body of PUT /v1/webhook/github-token; "" forgets it.
type GitHubToken struct {
	Token string `json:"token"`
}

func (s *server) routeWebhook(mux *http.ServeMux) {
	s.routePreviews(mux)
	mux.HandleFunc("GET /v1/webhook", s.webhook)
	mux.HandleFunc("GET /v1/webhook/secret", s.webhookSecret)
	mux.HandleFunc("POST /v1/webhook/rotate", s.rotateWebhook)
	mux.HandleFunc("PUT /v1/webhook/github-token", s.setGitHubToken)
	mux.HandleFunc("GET /v1/webhook/deliveries", s.deliveries)
	mux.HandleFunc("GET /v1/webhook/deliveries/{number}", s.delivery)
	mux.HandleFunc("POST /v1/webhook/deliveries/{number}/replay", s.replay)
}

func (s *server) webhook(w http.ResponseWriter, _ *http.Request) {
	secrets, err := s.Store.Webhook()
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, WebhookInfo{
		URL: s.WebhookURL(), RotatedAt: secrets.RotatedAt, GitHub: secrets.GitHubToken != "", Refused: s.Webhook.Refusals(),
	})
}

func (s *server) webhookSecret(w http.ResponseWriter, _ *http.Request) {
	answerSecrets(w, s.Store.Webhook)
}

// rotateWebhook begins a rotation or, with ?finish, ends it.
func (s *server) rotateWebhook(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("finish") {
		answerSecrets(w, s.Store.FinishWebhook)
		return
	}
	answerSecrets(w, s.Store.RotateWebhook)
}

func answerSecrets(w http.ResponseWriter, do func() (store.WebhookSecrets, error)) {
	secrets, err := do()
	if err != nil {
		fail(w, err)
		return
	}
	secrets.GitHubToken = "" // nobody asks for it
	answer(w, secrets)
}

func (s *server) setGitHubToken(w http.ResponseWriter, r *http.Request) {
	var in GitHubToken
	err := read(w, r, &in)
	if err == nil {
		err = s.Store.SetGitHubToken(in.Token)
	}
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, struct{}{})
}

func (s *server) deliveries(w http.ResponseWriter, r *http.Request) {
	limit, err := number(r, "limit", 50)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, s.Store.Deliveries(limit))
}

func (s *server) delivery(w http.ResponseWriter, r *http.Request) {
	n, err := count(r, "number", "a delivery")
	if err != nil {
		fail(w, err)
		return
	}
	d, ok := s.Store.Delivery(n)
	if !ok {
		fail(w, slot.E(slot.KindNotFound, "slot webhook deliveries shows those that are kept", fmt.Errorf("no delivery %d", n)))
		return
	}
	answer(w, d)
}

func (s *server) replay(w http.ResponseWriter, r *http.Request) {
	n, err := count(r, "number", "a delivery")
	if err != nil {
		fail(w, err)
		return
	}
	d, err := s.Webhook.Replay(n)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, d)
}

// Webhook returns where the webhook is and what it refused.
func (c *Client) Webhook(ctx context.Context) (w WebhookInfo, err error) {
	return w, c.call(ctx, http.MethodGet, "/v1/webhook", nil, &w)
}

// WebhookSecrets returns the secrets in clear, without the token for GitHub.
func (c *Client) WebhookSecrets(ctx context.Context) (w store.WebhookSecrets, err error) {
	return w, c.call(ctx, http.MethodGet, "/v1/webhook/secret", nil, &w)
}

// RotateWebhook begins or finishes a rotation and returns what holds then.
func (c *Client) RotateWebhook(ctx context.Context, finish bool) (w store.WebhookSecrets, err error) {
	path := "/v1/webhook/rotate"
	if finish {
		path += "?finish"
	}
	return w, c.call(ctx, http.MethodPost, path, nil, &w)
}

// SetGitHubToken keeps a token for commit statuses; "" forgets it.
func (c *Client) SetGitHubToken(ctx context.Context, token string) error {
	return c.call(ctx, http.MethodPut, "/v1/webhook/github-token", GitHubToken{token}, nil)
}

// Deliveries returns the newest deliveries, newest first; 0 for all.
func (c *Client) Deliveries(ctx context.Context, limit int) (all []slot.Delivery, err error) {
	return all, c.call(ctx, http.MethodGet, fmt.Sprintf("/v1/webhook/deliveries?limit=%d", limit), nil, &all)
}

// Delivery returns one record; KindNotFound when it is not kept.
func (c *Client) Delivery(ctx context.Context, number int64) (d slot.Delivery, err error) {
	return d, c.call(ctx, http.MethodGet, fmt.Sprintf("/v1/webhook/deliveries/%d", number), nil, &d)
}

// ReplayDelivery decides a kept push once more and returns the new record.
func (c *Client) ReplayDelivery(ctx context.Context, number int64) (d slot.Delivery, err error) {
	return d, c.call(ctx, http.MethodPost, fmt.Sprintf("/v1/webhook/deliveries/%d/replay", number), nil, &d)
}
