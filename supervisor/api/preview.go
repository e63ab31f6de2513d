package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// PreviewList is the answer to GET /v1/previews.
type PreviewList struct {
	Settings []slot.PreviewConfig `json:"settings"`
	Shown    []ShownPreview       `json:"shown"`
}

// ShownPreview is a slot that shows a pull request.
type ShownPreview struct {
	Slot  slot.Name  `json:"slot"`
	State slot.State `json:"state"`
	URL   string     `json:"url"`
	slot.Preview
}

// PullRef names a pull request in the calls of previews; an empty repository
// is the only one that has slots set aside.
type PullRef struct {
	Repository string `json:"repository,omitempty"`
	Number     int    `json:"number,omitempty"`
	Trust      bool   `json:"trust,omitempty"` // it gets the variables though it may come from a fork
}

func (s *server) routePreviews(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/previews", s.previews)
	mux.HandleFunc("PUT /v1/previews", s.enablePreviews)
	mux.HandleFunc("POST /v1/previews/disable", s.onPull(func(p PullRef) (any, error) { return struct{}{}, s.Webhook.DisablePreviews(p.Repository) }))
	mux.HandleFunc("POST /v1/previews/open", s.onPull(func(p PullRef) (any, error) { return s.Webhook.OpenPreview(p.Repository, p.Number, p.Trust) }))
	mux.HandleFunc("POST /v1/previews/close", s.onPull(func(p PullRef) (any, error) { return s.Webhook.ClosePreview(p.Repository, p.Number) }))
}

func (s *server) previews(w http.ResponseWriter, _ *http.Request) {
	list := PreviewList{Settings: s.Store.Config().Previews, Shown: []ShownPreview{}}
	if list.Settings == nil {
		list.Settings = []slot.PreviewConfig{}
	}
	for _, n := range slot.Names() {
		if v := s.Store.State(n).Preview; v != nil {
			st := s.Engine.Status(n)
			list.Shown = append(list.Shown, ShownPreview{Slot: n, State: st.State, URL: st.URL, Preview: *v})
		}
	}
	answer(w, list)
}

func (s *server) enablePreviews(w http.ResponseWriter, r *http.Request) {
	var in slot.PreviewConfig
	err := read(w, r, &in)
	if err == nil {
		err = s.Webhook.EnablePreviews(in)
	}
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, in)
}

func (s *server) onPull(do func(PullRef) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in PullRef
		err := read(w, r, &in)
		if err == nil && in.Number < 0 {
			err = slot.E(slot.KindUsage, "", fmt.Errorf("number is %d; want that of a pull request", in.Number))
		}
		var out any
		if err == nil {
			out, err = do(in)
		}
		if err != nil {
			fail(w, err)
			return
		}
		answer(w, out)
	}
}

// Previews returns the settings of previews and what is shown.
func (c *Client) Previews(ctx context.Context) (l PreviewList, err error) {
	return l, c.call(ctx, http.MethodGet, "/v1/previews", nil, &l)
}

// EnablePreviews sets slots aside for a repository's pull requests.
func (c *Client) EnablePreviews(ctx context.Context, p slot.PreviewConfig) error {
	return c.call(ctx, http.MethodPut, "/v1/previews", p, nil)
}

// DisablePreviews ends that and frees the slots.
func (c *Client) DisablePreviews(ctx context.Context, repository string) error {
	return c.call(ctx, http.MethodPost, "/v1/previews/disable", PullRef{Repository: repository}, nil)
}

// OpenPreview shows a pull request.
func (c *Client) OpenPreview(ctx context.Context, p PullRef) (d slot.Decision, err error) {
	return d, c.call(ctx, http.MethodPost, "/v1/previews/open", p, &d)
}

// ClosePreview frees the slot of a pull request.
func (c *Client) ClosePreview(ctx context.Context, p PullRef) (d slot.Decision, err error) {
	return d, c.call(ctx, http.MethodPost, "/v1/previews/close", p, &d)
}
