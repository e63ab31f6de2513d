package slot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestNewConfig_IsValidAndHasFiveEmptySlots(t *testing.T) {
	c := slot.NewConfig()
	if err := c.Validate(); err != nil || len(c.Slots) != 5 || c.Version != slot.ConfigVersion {
		t.Errorf("%+v: %v", c, err)
	}
}

func TestConfigValidate_NamesTheField(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*slot.SlotConfig)
		want   string
	}{
		{"repository", func(s *slot.SlotConfig) { s.Repository = "ext::x" }, "slots.a.repository"},
		{"branch", func(s *slot.SlotConfig) { s.Branch = "-x" }, "slots.a.branch"},
		{"environment", func(s *slot.SlotConfig) { s.Environment = map[string]string{"PORT": "1"} }, "slots.a.environment"},
		{"root", func(s *slot.SlotConfig) { s.Root = "../x" }, "slots.a.root"},
		{"static root", func(s *slot.SlotConfig) { s.StaticRoot = "/x" }, "slots.a.static_root"},
		{"install", func(s *slot.SlotConfig) { s.Install = "a\nb" }, "slots.a.install"},
		{"build command", func(s *slot.SlotConfig) { s.Build.Command = "a\x00" }, "slots.a.build.command"},
		{"start", func(s *slot.SlotConfig) { s.Start = "a\nb" }, "slots.a.start"},
		{"start and static root", func(s *slot.SlotConfig) { s.Start, s.StaticRoot = "x", "y" }, "slots.a.start"},
		{"port", func(s *slot.SlotConfig) { s.Port = 80 }, "slots.a.port"},
		{"port of another slot", func(s *slot.SlotConfig) { s.Port = 4000 }, "slots.b.port"},
		{"hook", func(s *slot.SlotConfig) { s.Hook = "../node" }, "slots.a.hook"},
		{"tool", func(s *slot.SlotConfig) { s.Versions = map[string]string{"../node": "20"} }, "slots.a.versions"},
		{"version", func(s *slot.SlotConfig) { s.Versions = map[string]string{"node": "20; rm -rf /"} }, "slots.a.versions.node"},
		{"empty version", func(s *slot.SlotConfig) { s.Versions = map[string]string{"node": " "} }, "slots.a.versions.node"},
		{"long version", func(s *slot.SlotConfig) { s.Versions = map[string]string{"node": strings.Repeat("1", 65)} }, "slots.a.versions.node"},
		{"many versions", func(s *slot.SlotConfig) { s.Versions = many(33) }, "slots.a.versions"},
		{"name of an option", func(s *slot.SlotConfig) { s.Options = map[string]string{"a.b": "1"} }, "slots.a.options"},
		{"option of two lines", func(s *slot.SlotConfig) { s.Options = map[string]string{"mode": "a\nb"} }, "slots.a.options.mode"},
		{"option that is no text", func(s *slot.SlotConfig) { s.Options = map[string]string{"mode": "\xff"} }, "slots.a.options.mode"},
		{"long option", func(s *slot.SlotConfig) { s.Options = map[string]string{"mode": strings.Repeat("x", 1001)} }, "slots.a.options.mode"},
		{"many options", func(s *slot.SlotConfig) { s.Options = many(33) }, "slots.a.options"},
		{"health path", func(s *slot.SlotConfig) { s.HealthCheck.Path = "healthz" }, "slots.a.health_check.path"},
		{"keep", func(s *slot.SlotConfig) { s.Deployment.Keep = 1 }, "slots.a.deployment.keep"},
		{"strategy", func(s *slot.SlotConfig) { s.Deployment.Strategy = "blue" }, "slots.a.deployment.strategy"},
		{"app port", func(s *slot.SlotConfig) { s.AppPort = 80 }, "slots.a.app_port"},
		{"app port like a slot's", func(s *slot.SlotConfig) { s.Port, s.AppPort = 3000, 3000 }, "slots.a.app_port"},
		{"restart policy", func(s *slot.SlotConfig) { s.Restart = "maybe" }, "slots.a.restart_policy"},
		{"sandbox", func(s *slot.SlotConfig) { s.Sandbox = "maybe" }, "slots.a.sandbox"},
		{"stop timeout", func(s *slot.SlotConfig) { s.StopTimeout = slot.Duration(time.Hour) }, "slots.a.stop_timeout"},
		{"drain", func(s *slot.SlotConfig) { s.Deployment.Drain = 1 }, "slots.a.deployment.drain"},
		{"health timeout", func(s *slot.SlotConfig) { s.HealthCheck.Timeout = 1 }, "slots.a.health_check.timeout"},
		{"health interval", func(s *slot.SlotConfig) { s.HealthCheck.Interval = slot.Duration(time.Hour) }, "slots.a.health_check.interval"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := slot.NewConfig()
			a := c.Slots["a"]
			tt.change(&a)
			c.Slots["a"], c.Slots["b"] = a, slot.SlotConfig{Port: 4000}
			err := c.Validate()
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) || slot.AsError(err).Kind != slot.KindUsage {
				t.Errorf("got %v, want it to begin with %q", err, tt.want)
			}
		})
	}
}

func TestConfigValidate_RefusesOtherSlotsAndVersions(t *testing.T) {
	c := slot.NewConfig()
	c.Slots["f"] = slot.SlotConfig{}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), `"f"`) {
		t.Errorf("slot f: %v", err)
	}
	c = slot.NewConfig()
	c.Version = 2
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "version") {
		t.Errorf("version 2: %v", err)
	}
}

func TestConfigValidate_TakesEveryFieldAtOnce(t *testing.T) {
	yes := true
	c := slot.NewConfig()
	c.Slots["a"] = slot.SlotConfig{
		Repository: "git@h:you/app", Branch: "main", Root: "apps/web", Environment: map[string]string{"A": "1"},
		Port: 4000, Hook: "node", Install: "npm i", Build: slot.BuildConfig{Enabled: &yes, Command: "npm run b"},
		Start: "node .", SPA: &yes,
		Versions:    map[string]string{"node": ">=20 <23 || ^24.1", "python": "~=3.11,!=3.11.4", "go": "1.26"},
		Options:     map[string]string{"worker-count": "3", "flags": "--größe \"x\""},
		HealthCheck: slot.HealthCheck{Enabled: &yes, Path: "/healthz", Timeout: slot.Duration(time.Second), Interval: slot.Duration(time.Second)},
		Deployment:  slot.DeploymentConfig{Keep: 2, Drain: slot.Duration(time.Second)},
		Restart:     slot.RestartOnFailure, StopTimeout: slot.Duration(time.Second), Sandbox: slot.SandboxStrict,
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

func many(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprintf("n%d", i)] = "1"
	}
	return m
}
