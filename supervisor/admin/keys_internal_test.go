package admin

import (
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// newKeys are keys in a folder of their own, at a time that the test sets.
func newKeys(t *testing.T, now *time.Time) *keys {
	t.Helper()
	k, err := openKeys(t.TempDir(), func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeys_ExpireAndLiveByUse(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	k := newKeys(t, &now)
	late, _, err := k.link()
	if err != nil {
		t.Fatal(err)
	}
	made, err := k.createToken(slot.AdminTokenRequest{Name: "ci", TTL: slot.Duration(30 * 24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	session, who, err := k.login(made.Value)
	if err != nil || who != "ci" {
		t.Fatal(who, err)
	}
	now = now.Add(linkLife)
	if _, _, err := k.login(late); err == nil {
		t.Error("a link opened after its time")
	}
	for range 3 { // used every few days, a session lives on
		now = now.Add(sessionLife - time.Hour)
		if _, ok := k.session(session); !ok {
			t.Fatal("a session that is used ended")
		}
	}
	reopened, err := openKeys(dirOf(k), k.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := reopened.session(session); !ok {
		t.Error("the session is not on disk")
	}
	now = now.Add(sessionLife)
	if _, ok := k.session(session); ok {
		t.Error("a session that nobody used lives on")
	}
	now = now.Add(30 * 24 * time.Hour)
	if _, ok := k.bearer(made.Value); ok {
		t.Error("a token opens after its end")
	}
}

func dirOf(k *keys) string { return k.path[:len(k.path)-len("/keys.json")] }

func TestLimiter_RecoversAndNeverHoldsMoreThanItsBurst(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	l := &limiter{now: func() time.Time { return now }}
	count := func() (n int) {
		for l.allow() {
			n++
		}
		return n
	}
	if n := count(); n != loginBurst {
		t.Errorf("%d at once, want %d", n, loginBurst)
	}
	now = now.Add(3 * loginEvery)
	if n := count(); n != 3 {
		t.Errorf("%d after three pauses", n)
	}
	now = now.Add(24 * time.Hour)
	if n := count(); n != loginBurst {
		t.Errorf("%d after a day", n)
	}
}

func TestHosts(t *testing.T) {
	for _, test := range []struct {
		proxy, host string
		want        bool
	}{
		{"", "127.0.0.1:9000", true},
		{"", "[::1]:9000", true},
		{"", "LOCALHOST", true},
		{"", "localhost.evil.example", false},
		{"", "", false},
		{"https://{{port}}--dev--shop--ada.apps.example.com", "slot--dev--shop--ada.apps.example.com", true},
		{"https://{{port}}--dev--shop--ada.apps.example.com", "--shop--ada.apps.example.com", false},
		{"https://{{port}}--dev--shop--ada.apps.example.com", "x--shop--ada.apps.example.com.evil", false},
		{"https://coder.example.com/@ada/shop.dev/apps/{{port}}/", "coder.example.com", true},
		{"not a url {{port}}", "evil", false},
	} {
		if got := newHosts(test.proxy, nil).allow(test.host); got != test.want {
			t.Errorf("%q with %q: %v", test.host, test.proxy, got)
		}
	}
}

func FuzzHosts(f *testing.F) {
	f.Add("https://{{port}}--dev--shop--ada.apps.example.com", "admin--shop--ada.apps.example.com")
	f.Add("", "[::1]:9000")
	f.Fuzz(func(t *testing.T, proxy, host string) {
		newHosts(proxy, nil).allow(host) // must not panic
		if newHosts("", nil).allow(host) && len(host) > 64 {
			t.Errorf("a long name %q is this machine's", host)
		}
	})
}

func FuzzInside(f *testing.F) {
	for _, next := range []string{"/slots", "//evil", `/\evil`, "https://evil", "/a?b#c"} {
		f.Add(next)
	}
	f.Fuzz(func(t *testing.T, next string) {
		got := inside(next)
		if got == "" || got[0] != '/' || len(got) > 1 && (got[1] == '/' || got[1] == '\\') {
			t.Errorf("inside(%q) is %q", next, got)
		}
	})
}
