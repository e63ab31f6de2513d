package admin_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestDoor_EverythingButTheLoginNeedsAKey(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/", "/live?page=dashboard", "/nowhere", "/api/slots"} {
		res, body := h.send(h.browser(), "GET", path, "", "Accept", "application/json")
		if res.StatusCode != http.StatusUnauthorized || strings.Contains(body, "empty") {
			t.Errorf("GET %s answered %d without a key: %s", path, res.StatusCode, body)
		}
	}
	for _, path := range []string{"/slots/a/deploy", "/slots/a/stop", "/deploy-all", "/logout", "/theme"} {
		if res, _ := h.send(h.browser(), "POST", path, "x=1"); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("POST %s answered %d without a key", path, res.StatusCode)
		}
	}
	if res, body := h.send(h.browser(), "GET", "/", ""); res.StatusCode != http.StatusUnauthorized || !strings.Contains(body, `action="/login"`) {
		t.Errorf("a person without a session gets %d %s", res.StatusCode, body)
	}
}

func TestDoor_ALinkOpensOnce(t *testing.T) {
	h := newHouse(t)
	link, err := h.admin.Link()
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(link.URL, h.url)
	c := h.browser()
	res, _ := h.send(c, "GET", path, "")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/slots" {
		t.Fatalf("the link answered %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	cookie := res.Header.Get("Set-Cookie")
	for _, want := range []string{"slot_session=", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie %q has no %s", cookie, want)
		}
	}
	if res, _ := h.send(c, "GET", "/", ""); res.StatusCode != http.StatusOK {
		t.Errorf("with the session: %d", res.StatusCode)
	}
	if res, _ := h.send(h.browser(), "GET", path, ""); res.StatusCode != http.StatusForbidden {
		t.Errorf("the link a second time: %d", res.StatusCode)
	}
}

func TestDoor_ATokenLeavesTheAddressAndLogoutEndsTheSession(t *testing.T) {
	h := newHouse(t)
	c := h.browser()
	res, _ := h.send(c, "GET", "/login?token="+h.token+"&next=/slots/a", "")
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != "/slots/a" {
		t.Fatalf("answered %d to %q", res.StatusCode, got)
	}
	if res, _ := h.send(c, "POST", "/logout", ""); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("logout answered %d", res.StatusCode)
	}
	if res, _ := h.send(c, "GET", "/", ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("after the logout: %d", res.StatusCode)
	}
}

func TestDoor_NextNeverLeadsElsewhere(t *testing.T) {
	h := newHouse(t)
	for _, next := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "/\r\nX: y", "javascript:alert(1)", "/login?next=/"} {
		res, _ := h.send(h.browser(), "POST", "/login", form("token", h.token, "next", next))
		if got := res.Header.Get("Location"); got != "/slots" {
			t.Errorf("next=%q leads to %q", next, got)
		}
	}
}

func TestDoor_RevokingATokenEndsItsSessions(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	if err := h.admin.RevokeToken("test"); err != nil {
		t.Fatal(err)
	}
	if res, _ := h.send(c, "GET", "/", ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session lives on: %d", res.StatusCode)
	}
	if err := h.admin.RevokeToken("test"); slot.AsError(err).Kind != slot.KindNotFound {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestDoor_WrongKeysAreLimitedAndTheRightOneStillOpens(t *testing.T) {
	h := newHouse(t)
	last := 0
	for range 30 {
		res, _ := h.send(h.browser(), "POST", "/login", form("token", strings.Repeat("0", 64)))
		last = res.StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the thirtieth wrong key: %d", last)
	}
	if res, _ := h.send(h.browser(), "POST", "/login", form("token", h.token)); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the right key then: %d", res.StatusCode)
	}
}

func TestDoor_RefusesOtherOriginsAndHosts(t *testing.T) {
	h := newHouse(t, "VSCODE_PROXY_URI=https://{{port}}--dev--shop--ada.apps.example.com")
	for _, test := range []struct {
		name, method, path string
		headers            []string
		want               int
	}{
		{"a post from an app on another port", "POST", "/slots/a/stop", []string{"Origin", "http://127.0.0.1:3001", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"a form of another site", "POST", "/slots/a/stop", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 403},
		{"an old browser's post", "POST", "/slots/a/stop", []string{"Origin", "http://127.0.0.1:3001"}, 403},
		{"a script tag of an app", "GET", "/live?page=tabs", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}, 403},
		{"a frame of an app", "GET", "/", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"a link from an app", "GET", "/", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"its own page", "GET", "/", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"a name that leads here", "GET", "/", []string{"Host", "rebound.example"}, 421},
		{"another workspace's name", "GET", "/", []string{"Host", "admin--shop--eve.apps.example.com"}, 421},
		{"a name below the app's", "GET", "/", []string{"Host", "evil.admin--shop--ada.apps.example.com"}, 421},
		{"Coder's name for the app", "GET", "/", []string{"Host", "admin--shop--ada.apps.example.com"}, 200},
		{"Coder's name with the agent", "GET", "/", []string{"Host", "9000--dev--shop--ada.apps.example.com"}, 200},
		{"localhost", "GET", "/", []string{"Host", "localhost:9000"}, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			res, body := h.send(h.loggedIn(), test.method, test.path, "", append(test.headers, "Cookie", cookieOf(h))...)
			if res.StatusCode != test.want {
				t.Errorf("answered %d, want %d: %.200s", res.StatusCode, test.want, body)
			}
		})
	}
}

// cookieOf is the Cookie header of a new session.
func cookieOf(h *house) string {
	res, _ := h.send(h.browser(), "GET", "/login?token="+h.token, "")
	value, _, _ := strings.Cut(res.Header.Get("Set-Cookie"), ";")
	return value
}

func TestDoor_SomebodyWhoComesFromCoderIsNotAskedTwice(t *testing.T) {
	h := newHouse(t)
	visit := []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}
	// The browser keeps a strict cookie to itself on this first request, and
	// follows the refresh as the page's own.
	res, body := h.send(h.browser(), "GET", "/slots/a?x=1", "", visit...)
	if res.StatusCode != http.StatusOK || !strings.Contains(body, `content="0;url=/slots/a?x=1"`) {
		t.Errorf("answered %d %s", res.StatusCode, body)
	}
}

func TestDoor_HTTPSHasASecureCookie(t *testing.T) {
	h := newHouse(t)
	res, _ := h.send(h.browser(), "GET", "/login?token="+h.token, "", "X-Forwarded-Proto", "https")
	if got := res.Header.Get("Set-Cookie"); !strings.HasPrefix(got, "__Host-slot_session=") || !strings.Contains(got, "Secure") {
		t.Errorf("the cookie is %q", got)
	}
}

func TestDoor_HeadersKeepScriptsOut(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/", "/login", "/assets/x/app.js"} {
		res, _ := h.send(h.loggedIn(), "GET", path, "")
		csp := res.Header.Get("Content-Security-Policy")
		if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: the policy is %q", path, csp)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers are %v", path, res.Header)
		}
	}
}

func TestDoor_KeepsOnlyDigestsAndWritesDownWhoDidWhat(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	h.send(c, "POST", "/slots/a/stop", "x=1")
	h.send(h.browser(), "POST", "/login", form("token", "wrong"))
	dir := h.store.Layout().Admin()
	cookie := cookieOf(h)
	for _, name := range []string{"keys.json", "audit.jsonl"} {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), h.token) || strings.Contains(string(data), strings.TrimPrefix(cookie, "slot_session=")) {
			t.Errorf("%s holds a key", name)
		}
		if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	data, _ := os.ReadFile(filepath.Join(dir, "audit.jsonl"))
	for _, want := range []string{`"who":"test","from":"127.0.0.1","action":"login"`, `"action":"stop","slot":"a"`, `"error":"the key is wrong`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the audit has no %s:\n%s", want, data)
		}
	}
}

func TestTokens(t *testing.T) {
	h := newHouse(t)
	own := strings.Repeat("k", 40)
	for _, test := range []struct {
		name string
		req  slot.AdminTokenRequest
		want slot.Kind
	}{
		{"no name", slot.AdminTokenRequest{}, slot.KindUsage},
		{"a bad name", slot.AdminTokenRequest{Name: "A b"}, slot.KindUsage},
		{"the name of links", slot.AdminTokenRequest{Name: "link"}, slot.KindUsage},
		{"a short value", slot.AdminTokenRequest{Name: "x", Value: "secret"}, slot.KindUsage},
		{"a value with a blank", slot.AdminTokenRequest{Name: "x", Value: own + " " + own}, slot.KindUsage},
		{"a past end", slot.AdminTokenRequest{Name: "x", TTL: slot.Duration(-time.Hour)}, slot.KindUsage},
		{"a taken name", slot.AdminTokenRequest{Name: "test"}, slot.KindUsage},
	} {
		if _, err := h.admin.CreateToken(test.req); err == nil || slot.AsError(err).Kind != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	for range 2 { // the same again changes nothing
		if _, err := h.admin.CreateToken(slot.AdminTokenRequest{Name: "coder", Value: own}); err != nil {
			t.Fatal(err)
		}
	}
	c := h.browser()
	h.send(c, "GET", "/login?token="+own, "")
	if res, _ := h.send(c, "GET", "/", ""); res.StatusCode != http.StatusOK {
		t.Fatalf("a token of one's own: %d", res.StatusCode)
	}
	if _, err := h.admin.CreateToken(slot.AdminTokenRequest{Name: "coder", Value: strings.Repeat("n", 40)}); err != nil {
		t.Fatal(err)
	}
	if res, _ := h.send(c, "GET", "/", ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session of the replaced token: %d", res.StatusCode)
	}
	if all := h.admin.Tokens(); len(all) != 2 || all[0].Name != "coder" || all[1].Name != "test" {
		t.Errorf("tokens are %v", all)
	}
}

func TestDoor_CodersButtonOpensTheFirstPageOnce(t *testing.T) {
	h := newHouse(t)
	c := h.browser()
	button := "/?token=" + h.token // Coder's proxy puts the token there
	visit := []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}
	if res, body := h.send(c, "GET", button, "", visit...); res.StatusCode != http.StatusOK || !strings.Contains(body, `content="0;url=`+button) {
		t.Fatalf("a visit from another site answered %d %s", res.StatusCode, body)
	}
	res, _ := h.send(c, "GET", button, "")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/slots" || res.Header.Get("Set-Cookie") == "" {
		t.Fatalf("answered %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ = h.send(c, "GET", button, ""); res.StatusCode != http.StatusSeeOther || res.Header.Get("Set-Cookie") != "" {
		t.Errorf("with a session: %d, cookie %q", res.StatusCode, res.Header.Get("Set-Cookie"))
	}
	if res, _ := h.send(c, "GET", "/", ""); res.StatusCode != http.StatusOK {
		t.Errorf("the bare address with a session: %d", res.StatusCode)
	}
}
