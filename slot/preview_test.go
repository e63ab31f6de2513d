package slot_test

import (
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestValidate_NamesWhatIsWrongWithPreviews(t *testing.T) {
	good := slot.PreviewConfig{Repository: "https://github.com/me/app", Slots: []slot.Name{"d", "e"}, From: "a"}
	for _, tt := range []struct {
		name   string
		change func(*slot.PreviewConfig)
		want   string
	}{
		{"good", func(*slot.PreviewConfig) {}, ""},
		{"a folder", func(p *slot.PreviewConfig) { p.Repository = "/srv/app" }, "previews[0].repository"},
		{"no address", func(p *slot.PreviewConfig) { p.Repository = "me" }, "previews[0].repository"},
		{"no slots", func(p *slot.PreviewConfig) { p.Slots = nil }, "previews[0].slots is empty"},
		{"no slot", func(p *slot.PreviewConfig) { p.Slots = []slot.Name{"f"} }, `previews[0].slots is "f"`},
		{"a slot twice", func(p *slot.PreviewConfig) { p.Slots = []slot.Name{"d", "d"} }, "each slot once"},
		{"like itself", func(p *slot.PreviewConfig) { p.From = "d" }, "previews[0].from"},
		{"a long label", func(p *slot.PreviewConfig) { p.Label = strings.Repeat("x", 101) }, "previews[0].label"},
	} {
		p, c := good, slot.NewConfig()
		tt.change(&p)
		c.Previews = []slot.PreviewConfig{p}
		err := c.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestFullName_IsTheEndOfThePath(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/Me/App.git": "me/app", "git@github.com:me/app": "me/app", "file:///srv/git/me/app": "me/app", "https://x/app": "app",
	} {
		if got := slot.FullName(address); got != want {
			t.Errorf("%s: %q", address, got)
		}
	}
	for address, want := range map[string]string{
		"https://github.com/Me/App.git": "me/app", "git@github.com:me/app": "me/app", "https://gitlab.com/me/app": "", "https://github.com/me": "", "/srv/me/app": "",
	} {
		if got := slot.NameOn("github.com", address); got != want {
			t.Errorf("GitHub's name of %s: %q", address, got)
		}
	}
}

func TestForPreview_GivesAForkNothingToRead(t *testing.T) {
	p := slot.PreviewConfig{Repository: "https://github.com/me/app", Slots: []slot.Name{"d"}, From: "a"}
	like := slot.SlotConfig{
		Environment: map[string]string{"API_TOKEN": "x"}, Database: slot.DatabaseShared, Sandbox: slot.SandboxOff, Start: "node .",
	}
	own := slot.SlotConfig{Subdomain: "pull"}
	c := p.ForPreview(like, own, slot.Preview{Number: 7, Fork: true})
	if c.Environment != nil || c.Database != slot.DatabaseOwn || c.Sandbox != slot.SandboxStrict {
		t.Errorf("a fork gets %v, database %q, sandbox %q", c.Environment, c.Database, c.Sandbox)
	}
	if c.Start != "node ." || c.Branch != "refs/pull/7/head" || c.Subdomain != "pull" || c.DeploysOnPush() {
		t.Errorf("%+v", c)
	}
	if c := p.ForPreview(like, own, slot.Preview{Number: 7}); len(c.Environment) != 1 || c.Database != slot.DatabaseShared || c.Sandbox != slot.SandboxOff {
		t.Errorf("a branch of ours gets %v, database %q, sandbox %q", c.Environment, c.Database, c.Sandbox)
	}
}
