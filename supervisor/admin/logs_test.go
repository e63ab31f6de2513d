package admin_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/slot-paas/slot/supervisor/logs"
)

// message is what a stream sends.
type message struct {
	Lines [][]any
	At    string
}

// dial opens a stream of the admin as a page on origin would.
func (h *house) dial(ctx context.Context, path, origin string) (*websocket.Conn, *http.Response, error) {
	return websocket.Dial(ctx, "ws"+strings.TrimPrefix(h.url, "http")+path, &websocket.DialOptions{
		HTTPHeader: http.Header{"Cookie": {cookieOf(h)}, "Origin": {origin}},
	})
}

func TestLogs_StreamInBatchesWithLevelsAndGoOn(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	say := func(stream logs.Stream, text string) {
		if err := h.logs["a"].Append(logs.Line{Stream: stream, Text: text}); err != nil {
			t.Error(err)
		}
	}
	for i := range 7000 {
		say(logs.Stdout, fmt.Sprint("line ", i))
	}
	conn, _, err := h.dial(ctx, "/logs/a/stream?n=6000", h.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(16 << 20)
	messages, lines := 0, [][]any{}
	read := func(want int) {
		t.Helper()
		for len(lines) < want {
			_, data, err := conn.Read(ctx)
			if err != nil {
				t.Fatalf("after %d lines: %v", len(lines), err)
			}
			var m message
			if err := json.Unmarshal(data, &m); err != nil {
				t.Fatal(err)
			}
			messages, lines = messages+1, append(lines, m.Lines...)
		}
	}
	read(6000)
	if lines[0][3] != "line 1000" || messages > 10 {
		t.Errorf("begins with %v in %d messages", lines[0], messages)
	}
	say(logs.Stderr, "Error: connect ECONNREFUSED")
	say(logs.Stdout, "npm warn deprecated x")
	say(logs.Stdout, "0 errors, 0 warnings")
	read(6003)
	for i, want := range []string{"[e e]", "[o w]", "[o ]"} {
		if got := fmt.Sprint(lines[6000+i][1:3]); got != want {
			t.Errorf("line %d is %s, want %s", i, got, want)
		}
	}
}

func TestLogs_StreamOnlyToTheAdminsOwnPages(t *testing.T) {
	h := newHouse(t)
	_, res, err := h.dial(t.Context(), "/logs/a/stream", "http://127.0.0.1:3001")
	if err == nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("a page of an app: %v", err)
	}
}

func TestLogs_PageAndDownload(t *testing.T) {
	h := newHouse(t)
	if err := h.logs["a"].Append(logs.Line{Stream: logs.Stderr, Text: "<script>alert(1)</script>"}); err != nil {
		t.Fatal(err)
	}
	if _, body := h.send(h.loggedIn(), "GET", "/logs/a", ""); strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert") {
		t.Error("what an app says is not escaped")
	}
	res, body := h.send(h.loggedIn(), "GET", "/logs/a/download", "")
	if !strings.Contains(body, "stderr <script>") || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("the download: %v %s", res.Header, body)
	}
}

func TestPages_AllAnswerAndOthersAreTold(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	for path, want := range map[string]int{
		"/": 200, "/slots": 200, "/slots/a": 200, "/config/b": 200, "/logs/c": 200, "/history": 200, "/history?slot=a&state=failed": 200,
		"/settings": 200, "/metrics": 200, "/slots/z": 404, "/deployments/7": 404, "/deployments/x": 400, "/nowhere": 404, "/history?slot=z": 404,
	} {
		if res, body := h.send(c, "GET", path, ""); res.StatusCode != want || strings.Contains(body, "cannot be shown") {
			t.Errorf("GET %s: %d %.300s", path, res.StatusCode, body)
		}
	}
	if res, _ := h.send(c, "POST", "/theme", form("theme", "dark", "back", "/history?slot=a")); res.Header.Get("Location") != "/history?slot=a" {
		t.Errorf("the theme leads to %q", res.Header.Get("Location"))
	}
	if _, body := h.send(c, "GET", "/slots", ""); !strings.Contains(body, `data-theme="dark"`) || !strings.Contains(body, "Five slots, ready") {
		t.Error("the first page is not dark, or has no headline")
	}
	res, body := h.send(c, "POST", "/slots/a/restart", "x=1", "Accept", "application/json")
	if res.StatusCode != http.StatusNotFound || !strings.Contains(body, "nothing was deployed") {
		t.Errorf("a restart of nothing: %d %s", res.StatusCode, body)
	}
}
