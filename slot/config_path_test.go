package slot_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestConfigSet_TakesTextNumbersBoolsDurationsAndMaps(t *testing.T) {
	for _, tt := range []struct {
		path, text string
		want       any // as Get returns it
	}{
		{"a.branch", "dev", "dev"},
		{"a.branch", "7", "7"},
		{"slots.a.branch", "true", "true"},
		{"A.branch", "x", "x"},
		{"a.port", "4000", json.Number("4000")},
		{"a.spa", "true", true},
		{"a.spa", "false", false},
		{"a.build.enabled", "false", false},
		{"a.health_check.timeout", "90s", "1m30s"},
		{"a.health_check.timeout", "90", "1m30s"},
		{"a.environment.GREETING", "7", "7"},
		{"a.environment", `{"A":"1"}`, map[string]any{"A": "1"}},
		{"a.deployment", `{"keep":3}`, map[string]any{"keep": json.Number("3")}},
	} {
		t.Run(tt.path+"="+tt.text, func(t *testing.T) {
			c := slot.NewConfig()
			if err := c.Set(tt.path, tt.text); err != nil {
				t.Fatal(err)
			}
			got, err := c.Get(tt.path)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, %v", got, err)
			}
			if err := c.Set(tt.path, ""); err != nil {
				t.Fatal(err)
			}
			if got, err := c.Get(tt.path); err != nil || got != nil {
				t.Errorf("after it was removed: %#v, %v", got, err)
			}
		})
	}
}

func TestConfigSet_LeavesTheConfigurationAloneOnAnError(t *testing.T) {
	for _, tt := range []struct{ name, path, text, want string }{
		{"no slot", "f.branch", "x", "no setting"},
		{"no path", "", "x", "no setting"},
		{"a slot alone", "a", "x", "no setting"},
		{"an unknown field", "a.brnach", "x", `no setting "a.brnach"; did you mean "a.branch"?`},
		{"an unknown part", "a.build.comand", "x", `did you mean "a.build.command"?`},
		{"another case", "a.Branch", "x", `did you mean "a.branch"?`},
		{"below a text", "a.branch.x", "x", "no setting"},
		{"below a variable", "a.environment.A.B", "x", "no setting"},
		{"an empty part", "a..branch", "x", "no setting"},
		{"a word for a number", "a.port", "many", "cannot be"},
		{"a fraction for a number", "a.port", "1.5", "cannot be"},
		{"a word for a bool", "a.spa", "yes", "cannot be"},
		{"a word for a duration", "a.stop_timeout", "soon", "not a duration"},
		{"a negative duration", "a.stop_timeout", "-1s", "not a duration"},
		{"a text for a map", "a.environment", "A=1", "cannot be"},
		{"an unknown key in a map", "a.build", `{"comand":"x"}`, "unknown field"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := slot.NewConfig()
			c.Slots["a"] = slot.SlotConfig{Branch: "main", Environment: map[string]string{"A": "1"}}
			before, _ := json.Marshal(c)
			err := c.Set(tt.path, tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) || slot.AsError(err).Kind != slot.KindUsage {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if after, _ := json.Marshal(c); string(after) != string(before) {
				t.Errorf("it changed to %s", after)
			}
		})
	}
}

func TestConfigSet_ChangesOneValueOnly(t *testing.T) {
	c := slot.Config{Version: slot.ConfigVersion} // without any slot
	for _, path := range []string{"a.environment.A", "a.environment.B", "b.branch"} {
		if err := c.Set(path, "x"); err != nil {
			t.Fatal(err)
		}
	}
	want := map[slot.Name]slot.SlotConfig{"a": {Environment: map[string]string{"A": "x", "B": "x"}}, "b": {Branch: "x"}}
	if !reflect.DeepEqual(c.Slots, want) {
		t.Errorf("got %+v", c.Slots)
	}
}

func TestConfigGet_TellsUnsetFromUnknown(t *testing.T) {
	c := slot.NewConfig()
	for _, path := range []string{"a.branch", "a.health_check", "a.health_check.path", "a.environment.ANY"} {
		if v, err := c.Get(path); v != nil || err != nil {
			t.Errorf("%s: %v, %v", path, v, err)
		}
	}
	for _, path := range []string{"a.nothing", "a.health_check.nothing", "a.branch.x", "f", "", "a."} {
		if v, err := c.Get(path); err == nil {
			t.Errorf("%q gives %v", path, v)
		}
	}
	if v, err := c.Get("a"); err != nil || !reflect.DeepEqual(v, map[string]any{}) {
		t.Errorf("a whole slot: %#v, %v", v, err)
	}
}

func FuzzConfigSet(f *testing.F) {
	for _, s := range [][2]string{
		{"a.branch", "x"}, {"a.port", "3"}, {"a.spa", "null"}, {"a.environment", `{"A":"1"}`},
		{"a.environment.A", ""}, {"slots.b.build", "{}"}, {"a.health_check.timeout", "1e400"}, {"a", "{}"}, {"....", ""},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, path, text string) {
		c := slot.NewConfig()
		c.Slots["a"] = slot.SlotConfig{Branch: "main", Environment: map[string]string{"A": "1"}}
		before, _ := json.Marshal(c)
		err := c.Set(path, text)
		after, _ := json.Marshal(c)
		if err != nil && string(after) != string(before) {
			t.Errorf("Set(%q, %q) failed with %v and changed %s to %s", path, text, err, before, after)
		}
		if err == nil {
			if _, err := c.Get(path); err != nil {
				t.Errorf("%q was set and cannot be read: %v", path, err)
			}
		}
		_ = c.Validate()
	})
}
