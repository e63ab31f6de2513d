package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/store"
)

// Client calls the control API. Safe for concurrent use. Every method returns
// KindUnreachable when no daemon answers, and else the daemon's own error.
type Client struct {
	http  *http.Client
	token string
	home  string

	// Trace is told of each request, without its query, when the answer begins.
	Trace func(method, path, outcome string, took time.Duration)
}

// Dial returns a client for the daemon of a state folder. It reads the token
// and connects to nothing.
func Dial(home string) (*Client, error) {
	if err := store.CheckHome(home); err != nil {
		return nil, err
	}
	lay := store.Layout{Home: home}
	token, err := store.ReadToken(lay)
	if errors.Is(err, os.ErrNotExist) {
		return nil, unreachable(home, errors.New("nothing was started here yet"))
	}
	if err != nil {
		return nil, err
	}
	return &Client{home: home, token: token, http: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", lay.Socket())
		},
		DisableCompression: true,
	}}}, nil
}

func unreachable(home string, err error) error {
	return slot.E(slot.KindUnreachable, "slot up starts it",
		fmt.Errorf("cannot reach the daemon of %s: %w", home, err))
}

// Version asks the daemon who it is.
func (c *Client) Version(ctx context.Context) (v Version, err error) {
	return v, c.call(ctx, http.MethodGet, "/v1/version", nil, &v)
}

// Status returns all five slots.
func (c *Client) Status(ctx context.Context) (all []slot.Status, err error) {
	return all, c.call(ctx, http.MethodGet, "/v1/status", nil, &all)
}

// Submit queues a deployment.
func (c *Client) Submit(ctx context.Context, req slot.Request) (d slot.Deployment, err error) {
	return d, c.call(ctx, http.MethodPost, "/v1/deployments", req, &d)
}

// Follow sends a deployment's events from its first to its last.
func (c *Client) Follow(ctx context.Context, id int64, send func(slot.Event) error) error {
	return lines(ctx, c, fmt.Sprintf("/v1/deployments/%d/events", id), send)
}

// Deployments returns the newest deployments; an empty name means all slots.
func (c *Client) Deployments(ctx context.Context, n slot.Name, limit int) ([]slot.Deployment, error) {
	return c.FindDeployments(ctx, store.Query{Slot: n, Limit: limit})
}

// FindDeployments returns what the query chooses, newest first.
func (c *Client) FindDeployments(ctx context.Context, q store.Query) (all []slot.Deployment, err error) {
	v := url.Values{"limit": {strconv.Itoa(q.Limit)}}
	if q.Slot != "" {
		v.Set("slot", string(q.Slot))
	}
	for _, state := range q.States {
		v.Set("state", v.Get("state")+","+string(state))
	}
	if !q.Since.IsZero() {
		v.Set("since", q.Since.Format(time.RFC3339Nano))
	}
	return all, c.call(ctx, http.MethodGet, "/v1/deployments?"+v.Encode(), nil, &all)
}

// Deployment returns one record; KindNotFound when it is not kept.
func (c *Client) Deployment(ctx context.Context, id int64) (d slot.Deployment, err error) {
	return d, c.call(ctx, http.MethodGet, fmt.Sprintf("/v1/deployments/%d", id), nil, &d)
}

// Cancel ends a deployment.
func (c *Client) Cancel(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodPost, fmt.Sprintf("/v1/deployments/%d/cancel", id), nil, nil)
}

// Stop stops a slot and returns when its processes are gone.
func (c *Client) Stop(ctx context.Context, n slot.Name) (s slot.Status, err error) {
	return s, c.exchange(ctx, http.MethodPost, "/v1/slots/"+string(n)+"/stop", nil, &s)
}

// Inspect returns all that is in force for a slot.
func (c *Client) Inspect(ctx context.Context, n slot.Name) (in slot.Inspection, err error) {
	return in, c.call(ctx, http.MethodGet, "/v1/slots/"+string(n), nil, &in)
}

// Logs sends the last n lines of a slot's app and, with follow, those that
// come until ctx ends.
func (c *Client) Logs(ctx context.Context, name slot.Name, n int, follow bool, send func(logs.Line) error) error {
	return c.readLog(ctx, fmt.Sprintf("/v1/slots/%s/logs?n=%d", name, n), follow, send)
}

// ServiceLogs is Logs of "postgres" or "pgadmin".
func (c *Client) ServiceLogs(ctx context.Context, service string, n int, follow bool, send func(logs.Line) error) error {
	return c.readLog(ctx, fmt.Sprintf("/v1/database/logs?service=%s&n=%d", service, n), follow, send)
}

func (c *Client) readLog(ctx context.Context, path string, follow bool, send func(logs.Line) error) error {
	if follow {
		path += "&follow"
	}
	return lines(ctx, c, path, send)
}

// Releases returns the kept releases of a slot, newest first.
func (c *Client) Releases(ctx context.Context, n slot.Name) (r Releases, err error) {
	return r, c.call(ctx, http.MethodGet, "/v1/slots/"+string(n)+"/releases", nil, &r)
}

// Env returns the slot's own variables.
func (c *Client) Env(ctx context.Context, n slot.Name) (env map[string]string, err error) {
	return env, c.call(ctx, http.MethodGet, "/v1/slots/"+string(n)+"/env", nil, &env)
}

// ChangeEnv sets and removes variables.
func (c *Client) ChangeEnv(ctx context.Context, n slot.Name, ch EnvChange) (out EnvChanged, err error) {
	return out, c.call(ctx, http.MethodPatch, "/v1/slots/"+string(n)+"/env", ch, &out)
}

// Config returns the configuration in force.
func (c *Client) Config(ctx context.Context) (cfg slot.Config, err error) {
	return cfg, c.call(ctx, http.MethodGet, "/v1/config", nil, &cfg)
}

// ChangeConfig sets every value or none and returns the new configuration.
func (c *Client) ChangeConfig(ctx context.Context, ch ConfigChange) (cfg slot.Config, err error) {
	return cfg, c.call(ctx, http.MethodPatch, "/v1/config", ch, &cfg)
}

// ConfigFile returns slots.json as it stands on disk, broken or not.
func (c *Client) ConfigFile(ctx context.Context) (f ConfigFile, err error) {
	return f, c.call(ctx, http.MethodGet, "/v1/config/file", nil, &f)
}

// ReplaceConfig puts a text in the place of the file that has that sum; it is
// refused with KindFailed where the file has changed since.
func (c *Client) ReplaceConfig(ctx context.Context, text, sum string) (cfg slot.Config, err error) {
	return cfg, c.call(ctx, http.MethodPut, "/v1/config/file", ConfigReplace{Text: text, Sum: sum}, &cfg)
}

// ConfigBackups returns the names of the earlier configurations, newest first.
func (c *Client) ConfigBackups(ctx context.Context) (names []string, err error) {
	return names, c.call(ctx, http.MethodGet, "/v1/config/backups", nil, &names)
}

// RestoreConfig puts an earlier configuration in force.
func (c *Client) RestoreConfig(ctx context.Context, name string) (cfg slot.Config, err error) {
	return cfg, c.call(ctx, http.MethodPost, "/v1/config/restore", ConfigRestore{Name: name}, &cfg)
}

// Caches measures what builds left for the next ones, which may take a while.
func (c *Client) Caches(ctx context.Context) (all []slot.Cache, err error) {
	return all, c.exchange(ctx, http.MethodGet, "/v1/cache", nil, &all)
}

// ClearCaches removes caches and returns them as they were.
func (c *Client) ClearCaches(ctx context.Context, req CacheClear) (gone []slot.Cache, err error) {
	return gone, c.exchange(ctx, http.MethodPost, "/v1/cache/clear", req, &gone)
}

// Shutdown stops the apps and the daemon; it returns before they are gone.
// KindUnreachable may also mean that the daemon hangs.
func (c *Client) Shutdown(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/v1/shutdown", nil, nil)
}

// answerTimeout bounds the calls that wait for no app. The keeper's sockets
// take a call while no daemon runs: one that cannot start would never answer.
// A restarting one is away for less than a second.
const answerTimeout = 15 * time.Second

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	limited, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	err := c.exchange(limited, method, path, in, out)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return slot.E(slot.KindUnreachable, "its messages are in run/daemon.log of that folder; slot down ends it",
			fmt.Errorf("the daemon of %s does not answer", c.home))
	}
	return err
}

func (c *Client) exchange(ctx context.Context, method, path string, in, out any) error {
	res, err := c.do(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if out == nil {
		_, err := io.Copy(io.Discard, res.Body)
		return err
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("cannot read the daemon's answer: %w", err)
	}
	return nil
}

func (c *Client) do(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://slot"+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := c.send(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, unreachable(c.home, err)
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	var f failure
	if err := json.NewDecoder(res.Body).Decode(&f); err != nil || f.Error == nil {
		return nil, fmt.Errorf("the daemon answered %s", res.Status)
	}
	return nil, f.Error
}

// lines reads a stream of one JSON value a line.
func lines[T any](ctx context.Context, c *Client, path string, send func(T) error) error {
	res, err := c.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return decode(ctx, c, res.Body, send)
}

// decode reads one JSON value a line. A stream that breaks off is an error:
// the daemon went away.
func decode[T any](ctx context.Context, c *Client, body io.Reader, send func(T) error) error {
	dec := json.NewDecoder(body)
	for {
		var v T
		err := dec.Decode(&v)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return unreachable(c.home, fmt.Errorf("the stream broke off: %w", err))
		}
		if err := send(v); err != nil {
			return err
		}
	}
}
