package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestPreviews_SetSlotsAsideAndFreeThem(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	const page, address = "/settings/previews", "https://me:hunter22@example.com/me/app"
	for _, test := range []struct{ body, says string }{
		{form("repository", address), "No slot is chosen."},
		{form("repository", address, "slots", "z"), "no slot &#34;z&#34;"},
		{form("repository", "ext::sh -c x", "slots", "e"), "is not a repository"},
	} {
		h.send(c, "POST", page, test.body)
		if _, body := h.send(c, "GET", page, ""); !strings.Contains(strings.ToLower(body), strings.ToLower(test.says)) {
			t.Errorf("%s: the page does not say %q", test.body, test.says)
		}
	}
	h.send(c, "POST", page, form("repository", address, "slots", "d", "slots", "e", "label", "show", "from", "a", "evict", "1"))
	got := h.store.Config().Previews
	if len(got) != 1 || len(got[0].Slots) != 2 || got[0].Repository != address || got[0].Label != "show" || got[0].From != "a" || !got[0].Evict || got[0].Forks {
		t.Fatalf("set aside: %+v", got)
	}
	err := h.store.UpdateState("d", func(s *slot.SlotState) error {
		s.Preview = &slot.Preview{Repository: "me/app", Host: "example.com", Number: 7, Title: "<b>Look</b>", Author: "ada"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, body := h.send(c, "GET", page, "")
	if strings.Contains(body, "hunter22") || strings.Contains(body, "<b>Look") || !strings.Contains(body, "#7 &lt;b&gt;Look") || !strings.Contains(body, "only with the label show") {
		t.Errorf("the page: %s", body)
	}
	h.send(c, "POST", page+"/close", form("repository", "me/app", "number", "8"))
	if _, body := h.send(c, "GET", page, ""); !strings.Contains(body, "No slot shows #8.") {
		t.Error("what is not shown can be closed")
	}
	if res, body := h.send(c, "POST", page+"/close", form("repository", "me/app", "number", "7"), "Accept", "application/json"); res.StatusCode != http.StatusOK {
		t.Errorf("close: %d %s", res.StatusCode, body)
	}
	h.send(c, "POST", page+"/disable", form("repository", "https://example.com/me/app"))
	if got := h.store.Config().Previews; len(got) != 0 {
		t.Errorf("still set aside: %+v", got)
	}
}

func TestPreviews_KeepATokenForGitHubAndNeverShowIt(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	kept := func() string {
		s, err := h.store.Webhook()
		if err != nil {
			t.Fatal(err)
		}
		return s.GitHubToken
	}
	h.send(c, "POST", "/settings/github-token", form("token", " github_pat_hunter22 "))
	if kept() != "github_pat_hunter22" {
		t.Fatalf("kept %q", kept())
	}
	for _, path := range []string{"/settings/previews", "/settings"} {
		if _, body := h.send(c, "GET", path, ""); strings.Contains(body, "hunter22") {
			t.Errorf("%s shows it", path)
		}
	}
	h.send(c, "POST", "/settings/github-token", form("token", "two words"))
	if kept() != "github_pat_hunter22" {
		t.Error("what is no token took its place")
	}
	h.send(c, "POST", "/settings/github-token", form("forget", "1", "token", ""))
	if kept() != "" {
		t.Error("it is not forgotten")
	}
}

func TestSettings_SayWhatCoderDecidesAndHowToChangeIt(t *testing.T) {
	h := newHouse(t, "CODER_WORKSPACE_NAME=shop", "CODER_WORKSPACE_OWNER_NAME=ada")
	err := h.store.UpdateConfig(func(cfg *slot.Config) error {
		cfg.Slots["b"] = slot.SlotConfig{Subdomain: "blog"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, body := h.send(h.loggedIn(), "GET", "/settings/coder", "")
	for _, want := range []string{"ada/shop", "<code>blog</code>", "slot subdomain a blog", "slot params set", `aria-current="page">Coder`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestSettings_WithoutDatabaseAndHooksTheirPagesSaySo(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	for path, want := range map[string]string{"/settings/database": "There is none.", "/settings/hooks": "None.", "/settings/coder": "no Coder workspace"} {
		if res, body := h.send(c, "GET", path, ""); res.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	for _, path := range []string{"/settings/database/backup", "/settings/database/restore", "/settings/hooks/trust", "/settings/hooks/untrust"} {
		if res, body := h.send(c, "POST", path, form("name", "x"), "Accept", "application/json"); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}
