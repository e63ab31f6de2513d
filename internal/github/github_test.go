package github_test

import (
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/github"
	"github.com/slot-paas/slot/internal/github/githubtest"
	"github.com/slot-paas/slot/slot"
)

func client(t *testing.T, base, token string) *github.Client {
	t.Helper()
	c, err := github.New(base, token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func fake(t *testing.T) *githubtest.Server {
	f := githubtest.New()
	t.Cleanup(f.Close)
	return f
}

func TestEnsureHook_MakesOneAndThenChangesIt(t *testing.T) {
	f := fake(t)
	c := client(t, f.URL, "ghp_right")
	made, err := c.EnsureHook(t.Context(), "me/app", "https://hooks.example.com/webhook", "first", []string{"push"})
	if err != nil || !made || len(f.Hooks()) != 1 || f.Hooks()[0]["name"] != "web" {
		t.Fatalf("made %v, %v: %v", made, err, f.Hooks())
	}
	made, err = c.EnsureHook(t.Context(), "me/app", "https://hooks.example.com/webhook", "second", []string{"push", "pull_request"})
	if err != nil || made || len(f.Hooks()) != 1 {
		t.Fatalf("made %v, %v: %v", made, err, f.Hooks())
	}
	config := f.Hooks()[0]["config"].(map[string]any)
	if config["secret"] != "second" || config["content_type"] != "json" || config["insecure_ssl"] != "0" || len(f.Hooks()[0]["events"].([]any)) != 2 {
		t.Errorf("the hook is %v", f.Hooks()[0])
	}
	if made, err := c.EnsureHook(t.Context(), "me/app", "https://other.example.com/webhook", "x", []string{"push"}); err != nil || !made {
		t.Errorf("another address: %v, %v", made, err)
	}
}

func TestComment_IsEditedInsteadOfRepeated(t *testing.T) {
	f := fake(t)
	c := client(t, f.URL, "ghp_right")
	f.AddComment("Nice! <!-- slot -->")
	for _, text := range []string{"building", "live", "gone"} {
		if err := c.Comment(t.Context(), "me/app", 7, "<!-- slot -->", text); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.Comments()) != 2 || f.Comments()[1]["body"] != "<!-- slot -->\ngone" {
		t.Errorf("the comments are %v", f.Comments())
	}
}

func TestCall_SaysWhatToDoAboutARefusal(t *testing.T) {
	f := fake(t)
	for _, tt := range []struct {
		name, base, token, repository string
		kind                          slot.Kind
		text, hint                    string
	}{
		{"a bad token", f.URL, "ghp_wrong", "me/app", slot.KindRefused, "Bad credentials (401)", "GITHUB_TOKEN"},
		{"no access", f.URL, "ghp_right", "me/secret", slot.KindRefused, "Not Found (404)", "admin:repo_hook"},
		{"no such host", "http://127.0.0.1:1", "x", "me/app", slot.KindFailed, "connection refused", "GITHUB_API_URL"},
		{"no name", f.URL, "ghp_right", "me/app/../../user", slot.KindUsage, "is not the name", ""},
		{"no name either", f.URL, "ghp_right", "../x", slot.KindUsage, "is not the name", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := client(t, tt.base, tt.token).SetStatus(t.Context(), tt.repository, strings.Repeat("a", 40), github.Status{State: "success", Context: "slot/a"})
			e := slot.AsError(err)
			if err == nil || e.Kind != tt.kind || !strings.Contains(e.Error(), tt.text) || !strings.Contains(e.Hint, tt.hint) || strings.Contains(e.Error(), tt.token+" ") {
				t.Errorf("got %v, hint %q", err, e.Hint)
			}
		})
	}
	if _, err := github.New("ftp://x", ""); slot.AsError(err).Kind != slot.KindUsage {
		t.Errorf("got %v", err)
	}
	c := client(t, f.URL, "ghp_right")
	if err := c.SetStatus(t.Context(), "me/app", strings.Repeat("a", 40), github.Status{State: "success", Context: "slot/a", Description: strings.Repeat("x", 141)}); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("got %v", err)
	}
}

func TestWebHost_IsThatOfThePages(t *testing.T) {
	for base, want := range map[string]string{
		"": "github.com", "https://api.github.com/": "github.com", "https://Git.example.com/api/v3": "git.example.com",
		"https://git.example.com:8443/api/v3/": "git.example.com", "https://api.me.ghe.com": "me.ghe.com", "http://127.0.0.1:4010": "",
	} {
		if got := github.WebHost(base); got != want {
			t.Errorf("%q: %q, want %q", base, got, want)
		}
	}
}

func TestRepositories_AreThoseOfTheUser(t *testing.T) {
	f := fake(t)
	f.AddRepository("me/app", true)
	f.AddRepository("us/site", false)
	all, err := client(t, f.URL, "ghp_right").Repositories(t.Context())
	if err != nil || len(all) != 2 || all[0] != (github.Repository{Name: "me/app", Private: true, HTTPS: "https://github.com/me/app.git", SSH: "git@github.com:me/app.git"}) {
		t.Errorf("got %+v, %v", all, err)
	}
	if _, err := client(t, f.URL, "ghp_wrong").Repositories(t.Context()); slot.AsError(err).Kind != slot.KindRefused || !strings.Contains(err.Error(), "your repositories") {
		t.Errorf("got %v", err)
	}
}
