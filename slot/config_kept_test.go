package slot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func configured(s slot.SlotConfig) slot.Config {
	c := slot.NewConfig()
	c.Slots["a"] = s
	return c
}

func TestValidate_Persist(t *testing.T) {
	many := make([]string, 51)
	for i := range many {
		many[i] = fmt.Sprintf("dir%d", i)
	}
	for _, tt := range []struct {
		name  string
		paths []string
		want  string // "" for good
	}{
		{"folders and files", []string{"uploads", "data/app.db", "public/media/", ".data"}, ""},
		{"a neighbour with the same beginning", []string{"data", "data2"}, ""},
		{"absolute", []string{"/var/lib"}, `"/var/lib"`},
		{"outside", []string{"a/../../b"}, `"a/../../b"`},
		{"the app itself", []string{"./"}, `"./"`},
		{"empty", []string{""}, `""`},
		{"a line break", []string{"a\nb"}, `"a\nb"`},
		{"NUL", []string{"a\x00b"}, "a path inside"},
		{"the same twice", []string{"data", "./data/"}, "overlaps"},
		{"one in another", []string{"data/a", "data"}, "overlaps"},
		{"dependencies", []string{"node_modules/.cache"}, "not what belongs to a build"},
		{"a manifest", []string{"package.json"}, "not what belongs to a build"},
		{"too many", many, "50 at most"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := configured(slot.SlotConfig{Persist: tt.paths})
			err := c.Validate()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "slots.a.persist is ")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestValidate_NeverTellsANotifyAddress(t *testing.T) {
	for name, address := range map[string]string{
		"no scheme": "hooks.example.com/s3cret", "another": "file:///s3cret", "no host": "https:///s3cret", "a space": "https://x/s3cret y",
		"not parsed": "https://[::1/s3cret", "a port alone": "http://:80/s3cret", "too long": "https://x/s3cret" + strings.Repeat("x", 3000),
	} {
		t.Run(name, func(t *testing.T) {
			c := configured(slot.SlotConfig{Monitoring: slot.MonitoringConfig{NotifyURL: address}})
			err := c.Validate()
			if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.HasPrefix(err.Error(), "slots.a.monitoring.notify_url is ") {
				t.Errorf("got %v", err)
			}
		})
	}
	c := configured(slot.SlotConfig{Monitoring: slot.MonitoringConfig{NotifyURL: "https://hooks.slack.com/services/T/B/x"}})
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if got := slot.HideAddress("https://user:pass@hooks.slack.com/services/T/B/x?k=v"); got != "https://hooks.slack.com/********" {
		t.Errorf("hidden as %q", got)
	}
}

func TestSet_TakesListsAsTheyAreTyped(t *testing.T) {
	for _, tt := range []struct {
		path, text string
		want       []string
	}{
		{"a.persist", "uploads", []string{"uploads"}},
		{"a.persist", "uploads, data/app.db,", []string{"uploads", "data/app.db"}},
		{"a.persist", `["a,b","c"]`, []string{"a,b", "c"}},
		{"a.persist", "", nil},
		{"a.deployment.pre_deploy_hooks", "echo a, b", []string{"echo a, b"}},
		{"a.deployment.pre_deploy_hooks", "[ -f x ] && echo y", []string{"[ -f x ] && echo y"}},
		{"a.deployment.post_deploy_hooks", `["one", "two"]`, []string{"one", "two"}},
	} {
		t.Run(tt.path+"="+tt.text, func(t *testing.T) {
			c := slot.NewConfig()
			if err := c.Set(tt.path, tt.text); err != nil {
				t.Fatal(err)
			}
			s := c.Slots["a"]
			if got := slices.Concat(s.Persist, s.Deployment.PreDeployHooks, s.Deployment.PostDeployHooks); !slices.Equal(got, tt.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestValidate_Hooks(t *testing.T) {
	for name, list := range map[string][]string{"empty": {"  "}, "two lines": {"a\nb"}, "too many": strings.Split(strings.Repeat("x ", 21), " ")} {
		t.Run(name, func(t *testing.T) {
			c := configured(slot.SlotConfig{Deployment: slot.DeploymentConfig{PostDeployHooks: list}})
			if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), "slots.a.deployment.post_deploy_hooks is ") {
				t.Errorf("got %v", err)
			}
		})
	}
}
