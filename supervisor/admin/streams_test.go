package admin_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

// patience is generous: machines that test are busy.
const patience = 60 * time.Second

func (h *house) stream(ctx context.Context, path string, headers ...string) *websocket.Conn {
	h.t.Helper()
	header := http.Header{"Origin": {h.url}}
	for i := 0; i+1 < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(h.url, "http")+path, &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.CloseNow() })
	conn.SetReadLimit(16 << 20)
	return conn
}

// closed reads until the stream ends and returns how.
func closed(ctx context.Context, conn *websocket.Conn) (websocket.StatusCode, error) {
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err), err
		}
	}
}

func TestLogs_GoOnBehindABrokenConnectionWithoutALineLostOrTwice(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	const all = 20_000
	go func() {
		for i := range all { // many share a millisecond
			if err := h.logs["a"].Append(logs.Line{Stream: logs.Stdout, Text: fmt.Sprint("line ", i)}); err != nil {
				t.Error(err)
			}
		}
	}()
	got, at, connections := 0, "", 0
	for cookie := cookieOf(h); got < all; {
		conn := h.stream(ctx, "/logs/a/stream?n=50000&after="+url.QueryEscape(at), "Cookie", cookie)
		for range 2 + connections%3 {
			var m message
			_, data, err := conn.Read(ctx)
			if err == nil {
				err = json.Unmarshal(data, &m)
			}
			if err != nil {
				t.Fatalf("after %d lines: %v", got, err)
			}
			if m.At == "" {
				t.Fatalf("a message without a place after %d lines", got)
			}
			for _, l := range m.Lines {
				if want := fmt.Sprint("line ", got); l[3] != want {
					t.Fatalf("connection %d: %q, want %q", connections, l[3], want)
				}
				got++
			}
			if at = m.At; got == all {
				break
			}
		}
		conn.CloseNow()
		connections++
	}
	if _, data, err := h.stream(ctx, "/logs/b/stream", "Cookie", cookieOf(h)).Read(ctx); err != nil || !strings.HasPrefix(string(data), `{"lines":[],"at":"`) {
		t.Errorf("an empty log: %s %v", data, err)
	}
	if connections < 2 {
		t.Errorf("%d connections: nothing was broken", connections)
	}
	if res, _ := h.send(h.loggedIn(), "GET", "/logs/a/stream?after=yesterday", ""); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a place that is none: %d", res.StatusCode)
	}
}

func TestStreams_EndWithTheKeyThatOpenedThem(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, test := range []struct {
		name string
		end  func(c *http.Client, token string)
	}{
		{"a log-out", func(c *http.Client, _ string) { h.send(c, "POST", "/logout", "") }},
		{"a token that is revoked", func(_ *http.Client, token string) {
			if err := h.admin.RevokeToken(token); err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			made, err := h.admin.CreateToken(slot.AdminTokenRequest{Name: "watcher"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = h.admin.RevokeToken("watcher") }) // it may be gone
			c := h.browser()
			h.send(c, "GET", "/login?token="+made.Value, "")
			home, _ := url.Parse(h.url)
			cookie := c.Jar.Cookies(home)[0].String()
			log := h.stream(ctx, "/logs/a/stream", "Cookie", cookie)
			other := h.stream(ctx, "/logs/a/stream", "Cookie", cookieOf(h))
			live := h.live(ctx, cookie)
			byToken := h.stream(ctx, "/logs/a/stream", "Authorization", "Bearer "+made.Value)
			test.end(c, "watcher")
			if code, err := closed(ctx, log); code != websocket.StatusPolicyViolation {
				t.Errorf("the log ended by %v", err)
			}
			if _, err := io.Copy(io.Discard, live.Body); err != nil {
				t.Errorf("the live page: %v", err)
			}
			if test.name != "a log-out" {
				if code, err := closed(ctx, byToken); code != websocket.StatusPolicyViolation {
					t.Errorf("the script's log ended by %v", err)
				}
			}
			if res, _ := h.send(c, "GET", "/api/slots", "", "Accept", "application/json"); res.StatusCode != http.StatusUnauthorized {
				t.Errorf("the session opens: %d", res.StatusCode)
			}
			if err := h.logs["a"].Append(logs.Line{Stream: logs.Stdout, Text: test.name}); err != nil {
				t.Fatal(err)
			}
			for { // its first message is there already
				_, data, err := other.Read(ctx)
				if err != nil {
					t.Fatalf("the log of another session: %v", err)
				}
				if strings.Contains(string(data), test.name) {
					break
				}
			}
		})
	}
}

func (h *house) live(ctx context.Context, cookie string) *http.Response {
	h.t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", h.url+"/live?page=dashboard", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { res.Body.Close() })
	return res
}

func TestStreams_AreBounded(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	const each, most = 32, 128
	open := func(cookie string, n int) (all []*websocket.Conn) {
		for range n {
			conn := h.stream(ctx, "/logs/a/stream", "Cookie", cookie)
			if _, _, err := conn.Read(ctx); err != nil {
				t.Fatalf("stream %d: %v", len(all), err)
			}
			all = append(all, conn)
		}
		return all
	}
	refused := func(cookie, says string) {
		t.Helper()
		code, err := closed(ctx, h.stream(ctx, "/logs/b/stream", "Cookie", cookie))
		if code != websocket.StatusTryAgainLater || !strings.Contains(err.Error(), says) {
			t.Errorf("one more log: %v", err)
		}
		res := h.live(ctx, cookie)
		if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusTooManyRequests || !strings.Contains(string(text), says) {
			t.Errorf("one more page: %d %s", res.StatusCode, text)
		}
	}
	first := cookieOf(h)
	mine := open(first, each)
	refused(first, "32 pages and logs are open in this session")
	for range most/each - 1 {
		open(cookieOf(h), each)
	}
	refused(cookieOf(h), "128 pages and logs are open")
	mine[0].CloseNow()
	for ctx.Err() == nil { // until the daemon has seen that it went
		if res := h.live(ctx, first); res.StatusCode == http.StatusOK {
			return
		}
	}
	t.Error("what was closed still counts")
}

func TestStreams_SayWhetherThereIsMore(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn := h.stream(ctx, "/logs/a/stream", "Cookie", cookieOf(h))
	if err := h.logs["a"].Close(); err != nil { // as at the daemon's end
		t.Fatal(err)
	}
	if code, err := closed(ctx, conn); code != websocket.StatusGoingAway {
		t.Errorf("the log of a daemon that ends: %v", err)
	}
	d, err := h.store.BeginDeployment(slot.Deployment{Slot: "b", Action: slot.ActionDeploy, State: slot.DeploymentFailed})
	if err != nil {
		t.Fatal(err)
	}
	path := h.store.Layout().DeployLog("b", d.ID)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("2026-05-01T10:00:00.000Z fetch …\n2026-05-01T10:00:01.000Z   | npm error missing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	conn = h.stream(ctx, fmt.Sprintf("/deployments/%d/stream", d.ID), "Cookie", cookieOf(h))
	_, data, err := conn.Read(ctx)
	if err != nil || !strings.Contains(string(data), `"s","","fetch …"`) || !strings.Contains(string(data), `"o","e","npm error missing"`) {
		t.Errorf("the deployment's log: %s %v", data, err)
	}
	if code, err := closed(ctx, conn); code != websocket.StatusNormalClosure {
		t.Errorf("the log of a deployment that ended: %v", err)
	}
}
