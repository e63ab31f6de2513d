package slot

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Setting is one value of a slot's configuration. Where it is not set, Default
// is true, Value the default where that is one value, and Note says in words
// what happens where it is not.
type Setting struct {
	Path    string `json:"path"` // "a.branch"
	Value   any    `json:"value"`
	Default bool   `json:"default"`
	Note    string `json:"note,omitempty"`
}

// defaults are what holds where nothing is set; docs/configuration.md has the reasons.
var defaults = map[string]Setting{
	"subdomain":             {Note: "the port's own address, in Coder"},
	"repository":            {Note: "none"},
	"branch":                {Note: "the remote's own"},
	"root":                  {Note: "the top"},
	"environment":           {Note: "none"},
	"port":                  {Note: "the base port and the place of the slot"},
	"app_port":              {Note: "a free one"},
	"app_protocol":          {Value: string(ProtocolHTTP)},
	"hook":                  {Note: "by detection"},
	"install":               {Note: "the hook's own"},
	"build.enabled":         {Value: true},
	"build.command":         {Note: "the hook's own"},
	"start":                 {Note: "the hook's own"},
	"static_root":           {Note: "none"},
	"spa":                   {Note: "by detection"},
	"versions":              {Note: "what the app asks for"},
	"options":               {Note: "none"},
	"health_check.enabled":  {Value: true},
	"health_check.path":     {Value: "/"},
	"health_check.timeout":  {Value: Duration(DefaultCheckTimeout)},
	"health_check.interval": {Value: Duration(DefaultCheckInterval)},
	"deployment.strategy":   {Value: string(StrategyRolling)},
	"deployment.keep":       {Value: DefaultKeep},
	"deployment.drain":      {Value: Duration(DefaultDrain)},
	"restart_policy":        {Value: string(RestartAlways)},
	"max_restarts":          {Note: "without end"},
	"memory_limit":          {Note: "none"},
	"cpu_limit":             {Note: "none"},
	"open_files":            {Note: "the user's own"},
	"processes":             {Note: "none"},
	"sleep_after":           {Note: "never"},
	"stop_timeout":          {Value: Duration(DefaultStopTimeout)},
	"sandbox":               {Value: string(SandboxOn)},
	"database":              {Value: string(DefaultDatabase)},
	"build.cache":           {Value: true},
	"persist":               {Note: "none"},
	"monitoring.notify_url": {Note: "nobody is told"},

	"deployment.on_push":                     {Note: "true for a repository that is fetched, false for a folder"},
	"health_check.liveness.enabled":          {Note: "true where health_check.path or liveness.path is set"},
	"health_check.liveness.path":             {Note: "health_check.path"},
	"health_check.liveness.interval":         {Value: Duration(DefaultLivenessInterval)},
	"health_check.liveness.timeout":          {Value: Duration(DefaultLivenessTimeout)},
	"health_check.liveness.failures":         {Value: DefaultLivenessFailures},
	"monitoring.alerts.memory_threshold":     {Note: "nobody is told"},
	"monitoring.alerts.cpu_threshold":        {Note: "nobody is told"},
	"monitoring.alerts.error_rate_threshold": {Note: "nobody is told"},

	"deployment.watch_paths":       {Note: "every path"},
	"deployment.pre_deploy_hooks":  {Note: "none"},
	"deployment.post_deploy_hooks": {Note: "none"},
}

// Settings returns every setting of a slot, in the order of SlotConfig, each
// variable, version and option by itself.
func (c *Config) Settings(n Name) []Setting {
	s := c.Slots[n]
	return settingsOf(reflect.ValueOf(s), string(n), "")
}

func settingsOf(v reflect.Value, slot, at string) (all []Setting) {
	for field, value := range v.Fields() {
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		key := at + tag
		if value.Kind() == reflect.Pointer && !value.IsNil() {
			value = value.Elem() // false is a value, nil is none
		}
		switch {
		case value.Kind() == reflect.Struct:
			all = append(all, settingsOf(value, slot, key+".")...)
		case value.Type() == reflect.TypeFor[map[string]string]() && value.Len() > 0:
			m := value.Interface().(map[string]string)
			for _, name := range slices.Sorted(maps.Keys(m)) {
				all = append(all, Setting{Path: slot + "." + key + "." + name, Value: m[name]})
			}
		case value.IsZero() && field.Type.Kind() != reflect.Pointer || !value.IsValid() || value.Kind() == reflect.Pointer:
			d := defaults[key]
			if d.Value == nil && d.Note == "" {
				d.Note = "not set"
			}
			d.Path, d.Default = slot+"."+key, true
			all = append(all, d)
		default:
			all = append(all, Setting{Path: slot + "." + key, Value: value.Interface()})
		}
	}
	return all
}

// Change is a setting that differs between two configurations; nil where it
// is not set.
type Change struct {
	Path   string `json:"path"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// Changes lists what after has otherwise than before, slot by slot.
func Changes(before, after Config) []Change {
	all := []Change{}
	for _, n := range Names() {
		was, is := given(before, n), given(after, n)
		for _, s := range slices.Concat(is.list, was.list) {
			if old, now := was.values[s.Path], is.values[s.Path]; !equal(old, now) {
				all = append(all, Change{s.Path, old, now})
				was.values[s.Path] = now // named once
			}
		}
	}
	return all
}

type givenSettings struct {
	list   []Setting
	values map[string]any
}

// given returns what is set of a slot.
func given(c Config, n Name) givenSettings {
	v := givenSettings{values: map[string]any{}}
	for _, s := range c.Settings(n) {
		if !s.Default {
			v.list, v.values[s.Path] = append(v.list, s), s.Value
		}
	}
	return v
}

// equal compares as JSON: a list has no ==.
func equal(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// KnownSetting reports whether a slot's configuration has the field, such as
// "health_check", "path".
func KnownSetting(keys ...string) bool { return fieldType(reflect.TypeFor[SlotConfig](), keys) != nil }
