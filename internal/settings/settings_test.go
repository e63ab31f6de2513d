package settings_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
)

// load reads the settings of a state folder with that settings.json, "" for
// none.
func load(t *testing.T, file string, env map[string]string) (settings.Settings, error) {
	t.Helper()
	all := map[string]string{"HOME": t.TempDir()}
	for name, v := range env {
		all[name] = v
	}
	if file != "" {
		home := filepath.Join(all["HOME"], ".slot")
		if err := os.Mkdir(home, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, "settings.json"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return settings.Load(func(name string) string { return all[name] })
}

func TestLoad_TakesVariableThenFileThenDefault(t *testing.T) {
	for _, tt := range []struct {
		name string
		file string
		env  map[string]string
		want settings.Settings // Home and Data only where they are not below HOME
	}{
		{"the defaults", "", nil,
			settings.Settings{BasePort: 3001, AdminPort: 9000, WebhookPort: 9001, PrivateFirst: 20000, PrivateLast: 29999}},
		{"a file", `{"data": "/srv/data", "base_port": 4001, "admin_port": 9900, "private_first": 21000, "private_last": 22000}`, nil,
			settings.Settings{Data: "/srv/data", BasePort: 4001, AdminPort: 9900, WebhookPort: 9001, PrivateFirst: 21000, PrivateLast: 22000}},
		{"a file keeps the defaults of what it leaves out", `{"base_port": 4001}`, nil,
			settings.Settings{BasePort: 4001, AdminPort: 9000, WebhookPort: 9001, PrivateFirst: 20000, PrivateLast: 29999}},
		{"a variable over the file", `{"data": "/srv/data", "base_port": 4001}`,
			map[string]string{"SLOT_BASE_PORT": "5001", "SLOT_DATA": "/mnt//data/", "SLOT_ADMIN_PORT": "9100", "SLOT_PRIVATE_PORTS": "25000-26000"},
			settings.Settings{Data: "/mnt/data", BasePort: 5001, AdminPort: 9100, WebhookPort: 9001, PrivateFirst: 25000, PrivateLast: 26000}},
		{"fifty private ports", "", map[string]string{"SLOT_PRIVATE_PORTS": "25000-25049"},
			settings.Settings{BasePort: 3001, AdminPort: 9000, WebhookPort: 9001, PrivateFirst: 25000, PrivateLast: 25049}},
		{"a state folder elsewhere", "", map[string]string{"SLOT_HOME": "/srv/slot/../slot"},
			settings.Settings{Home: "/srv/slot", BasePort: 3001, AdminPort: 9000, WebhookPort: 9001, PrivateFirst: 20000, PrivateLast: 29999}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := load(t, tt.file, tt.env)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want.Home == "" && filepath.Base(got.Home) == ".slot" {
				got.Home = ""
			}
			if tt.want.Data == "" && filepath.Base(got.Data) == "data" {
				got.Data = ""
			}
			got.CacheLimit, got.SharedCacheLimit = 0, 0 // TestLoad_ReadsSizes
			got.Builds = 0                              // TestLoad_ReadsHowManyBuilds
			got.PostgresPort, got.PgAdminPort = 0, 0    // TestLoad_ReadsTheDatabase
			got.LogSize, got.LogFiles = 0, 0            // TestLoad_Logs
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestLoad_NamesTheSourceOfABadValue(t *testing.T) {
	for _, tt := range []struct {
		name string
		file string
		env  map[string]string
		want []string // parts of the error
	}{
		{"a relative state folder", "", map[string]string{"SLOT_HOME": "slot"}, []string{"SLOT_HOME", `"slot"`, "absolute"}},
		{"a relative data folder", "", map[string]string{"SLOT_DATA": "data"}, []string{"SLOT_DATA", "absolute"}},
		{"no home folder", "", map[string]string{"HOME": ""}, []string{"HOME"}},
		{"a base port that is a word", "", map[string]string{"SLOT_BASE_PORT": "many"}, []string{"SLOT_BASE_PORT", `"many"`}},
		{"a base port for root only", "", map[string]string{"SLOT_BASE_PORT": "80"}, []string{"SLOT_BASE_PORT", `"80"`}},
		{"a base port at the end", "", map[string]string{"SLOT_BASE_PORT": "65533"}, []string{"SLOT_BASE_PORT", "65531"}},
		{"an admin port that is a word", "", map[string]string{"SLOT_ADMIN_PORT": "9k"}, []string{"SLOT_ADMIN_PORT", `"9k"`}},
		{"an admin port that a slot has", "", map[string]string{"SLOT_ADMIN_PORT": "3003"}, []string{"SLOT_ADMIN_PORT", "no slot"}},
		{"an admin port for root only", "", map[string]string{"SLOT_ADMIN_PORT": "443"}, []string{"SLOT_ADMIN_PORT", "1024"}},
		{"two doors on one port", "", map[string]string{"SLOT_WEBHOOK_PORT": "9000"}, []string{"SLOT_WEBHOOK_PORT", "no other door"}},
		{"private ports that are no range", "", map[string]string{"SLOT_PRIVATE_PORTS": "20000"}, []string{"SLOT_PRIVATE_PORTS", "20000-29999"}},
		{"private ports with more behind", "", map[string]string{"SLOT_PRIVATE_PORTS": "20000-29999x"}, []string{"SLOT_PRIVATE_PORTS", "20000-29999x"}},
		{"private ports that are few", "", map[string]string{"SLOT_PRIVATE_PORTS": "20000-20048"}, []string{"SLOT_PRIVATE_PORTS", "50 ports"}},
		{"private ports backwards", "", map[string]string{"SLOT_PRIVATE_PORTS": "29999-20000"}, []string{"SLOT_PRIVATE_PORTS"}},
		{"slots among the private ports", "", map[string]string{"SLOT_BASE_PORT": "20500"}, []string{"SLOT_BASE_PORT", "20000-29999"}},
		{"an unknown key", "{\n\"base_prot\": 1\n}", nil, []string{"settings.json", "line 2", "base_prot", "base_port"}},
		{"a word for a port", `{"base_port": "3001"}`, nil, []string{"settings.json", "base_port"}},
		{"a relative folder in the file", `{"data": "data"}`, nil, []string{"settings.json", "data", "absolute"}},
		{"a torn file", `{"data": "/x`, nil, []string{"settings.json", "line 1"}},
		{"a bad port in the file", `{"base_port": 80}`, nil, []string{"base_port", `"80"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.file, tt.env)
			if err == nil {
				t.Fatal("it was taken")
			}
			if slot.AsError(err).Kind != slot.KindUsage {
				t.Errorf("kind %q", slot.AsError(err).Kind)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q lacks %q", err, part)
				}
			}
		})
	}
}

func TestPort_TakesTheSlotsOwnOrItsPlace(t *testing.T) {
	s, err := load(t, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	c := slot.NewConfig()
	c.Slots["b"] = slot.SlotConfig{Port: 8080}
	for name, want := range map[slot.Name]int{"a": 3001, "b": 8080, "e": 3005} {
		if got := s.Port(c, name); got != want {
			t.Errorf("slot %s is on %d, want %d", name, got, want)
		}
	}
	if got := s.URL(c, "b"); got != "http://127.0.0.1:8080" {
		t.Errorf("slot b is at %s", got)
	}
}

func TestLoad_ReadsSizes(t *testing.T) {
	for _, tt := range []struct {
		name, file   string
		env          map[string]string
		slot, shared int64
		wrong        string // part of the error
	}{
		{name: "the defaults", slot: 2 << 30, shared: 4 << 30},
		{name: "a file", file: `{"cache_limit": "500MiB", "shared_cache_limit": "1.5 GiB"}`, slot: 500 << 20, shared: 3 << 29},
		{name: "a variable over it", file: `{"cache_limit": "500MiB"}`, env: map[string]string{"SLOT_CACHE_LIMIT": "1TiB", "SLOT_SHARED_CACHE_LIMIT": "20000KiB"},
			slot: 1 << 40, shared: 20000 << 10},
		{name: "no unit", env: map[string]string{"SLOT_CACHE_LIMIT": "2000000000"}, wrong: `SLOT_CACHE_LIMIT is "2000000000"`},
		{name: "another unit", file: `{"cache_limit": "2GB"}`, wrong: `cache_limit is "2GB"`},
		{name: "too little", env: map[string]string{"SLOT_SHARED_CACHE_LIMIT": "1MiB"}, wrong: "16MiB to 16TiB"},
		{name: "no number", env: map[string]string{"SLOT_CACHE_LIMIT": "NaNGiB"}, wrong: "NaNGiB"},
		{name: "too much", env: map[string]string{"SLOT_CACHE_LIMIT": "1e300GiB"}, wrong: "1e300GiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := load(t, tt.file, tt.env)
			switch {
			case tt.wrong != "":
				if err == nil || !strings.Contains(err.Error(), tt.wrong) || slot.AsError(err).Kind != slot.KindUsage {
					t.Errorf("got %v", err)
				}
			case err != nil || got.CacheLimit != tt.slot || got.SharedCacheLimit != tt.shared:
				t.Errorf("got %d and %d, %v", got.CacheLimit, got.SharedCacheLimit, err)
			}
		})
	}
}

func TestLoad_ReadsHowManyBuilds(t *testing.T) {
	for _, tt := range []struct {
		file, variable string
		want           int // 0 for an error
	}{{"", "", 1}, {`{"builds": 3}`, "", 3}, {`{"builds": 3}`, "2", 2}, {"", "0", 0}, {"", "6", 0}, {"", "many", 0}} {
		got, err := load(t, tt.file, map[string]string{"SLOT_BUILDS": tt.variable})
		if got.Builds != tt.want && err == nil || (err != nil) != (tt.want == 0) {
			t.Errorf("%q, %q: got %d, %v", tt.file, tt.variable, got.Builds, err)
		}
	}
}

func TestURL_IsPublicInACoderWorkspace(t *testing.T) {
	env := map[string]string{
		"HOME": t.TempDir(), "CODER_WORKSPACE_OWNER_NAME": "ada", "CODER_WORKSPACE_NAME": "ws", "CODER_WORKSPACE_AGENT_NAME": "main",
		"VSCODE_PROXY_URI": "https://{{port}}--main--ws--ada.example.com",
	}
	s, err := settings.Load(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	c := slot.Config{Slots: map[slot.Name]slot.SlotConfig{"a": {Subdomain: "blog"}}}
	if got := s.URL(c, "a"); got != "https://blog--ws--ada.example.com" {
		t.Errorf("with a subdomain: %s", got)
	}
	if got := s.URL(c, "b"); got != "https://3002--main--ws--ada.example.com" {
		t.Errorf("without: %s", got)
	}
	env["VSCODE_PROXY_URI"] = ""
	if s, err = settings.Load(func(name string) string { return env[name] }); err != nil || s.URL(c, "a") != "http://127.0.0.1:3001" {
		t.Errorf("without a wildcard host: %s, %v", s.URL(c, "a"), err)
	}
}
