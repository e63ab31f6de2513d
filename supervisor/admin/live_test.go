package admin_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestLive_SendsPartsOfAPageAsTheyChange(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	res := h.live(ctx, cookieOf(h))
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("it is %q", got)
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	until := func(id, html string) {
		t.Helper()
		for lines.Scan() {
			data, is := strings.CutPrefix(lines.Text(), "data: ")
			var part struct{ ID, HTML string }
			if is && json.Unmarshal([]byte(data), &part) == nil && part.ID == id && strings.Contains(part.HTML, html) {
				return
			}
		}
		t.Fatalf("no part %s with %q: %v", id, html, lines.Err())
	}
	until("slot-a", "")
	err := h.store.UpdateConfig(func(c *slot.Config) error {
		c.Slots["a"] = slot.SlotConfig{Repository: "https://example.com/me/changed"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	until("slot-a", "me/changed")
}

func TestLive_KnowsItsPages(t *testing.T) {
	h := newHouse(t)
	for page, want := range map[string]int{"nothing": 404, "slot/z": 404, "deployment/x": 400} {
		if res, body := h.send(h.loggedIn(), "GET", "/live?page="+page, ""); res.StatusCode != want {
			t.Errorf("%s: %d %s", page, res.StatusCode, body)
		}
	}
	if res, _ := h.send(h.browser(), "GET", "/live?page=dashboard", ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", res.StatusCode)
	}
	for c, want := range map[*http.Client]int{h.browser(): 401, h.loggedIn(): 200} { // how a page finds out that it is logged out
		if res, _ := h.send(c, "HEAD", "/settings/hooks", ""); res.StatusCode != want {
			t.Errorf("HEAD: %d, want %d", res.StatusCode, want)
		}
	}
}
