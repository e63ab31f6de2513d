package admin

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/envfile"
	"github.com/slot-paas/slot/slot"
)

// kept stands for a secret value that is set and is not shown.
const kept = "********"

// apply puts what the form says into the slot's configuration. Errors are by
// field; "" is the form's as a whole.
func apply(c *slot.Config, n slot.Name, form url.Values) map[string]*slot.Error {
	wrong := map[string]*slot.Error{}
	for _, g := range configGroups() {
		for _, f := range g.Fields {
			remove := f.Kind == "secret" && slices.Contains(form["remove"], f.Path)
			if _, given := form[f.Path]; !remove && (!given || f.Kind == "secret" && form.Get(f.Path) == "") {
				continue
			}
			if remove {
				form.Set(f.Path, "")
			}
			if err := set(c, n, f, form.Get(f.Path)); err != nil {
				wrong[f.Path] = plain(n, f.Path, err)
			}
		}
	}
	if form.Has("env") {
		s := c.Slots[n]
		env, err := envOf(s.Environment, form)
		if err == nil {
			err = slot.ValidateEnvironment(env)
		}
		if err != nil {
			wrong["env"] = slot.AsError(err)
		} else {
			s.Environment = env
			c.Slots[n] = s
		}
	}
	if err := c.Validate(); err != nil && len(wrong) == 0 {
		wrong[""] = slot.AsError(err)
	}
	return wrong
}

// set sets one field, and takes it back where it is not valid by itself.
func set(c *slot.Config, n slot.Name, f field, text string) error {
	before := c.Slots[n]
	if f.Path == "repository" && text == slot.RedactAddress(before.Repository) {
		return nil // as it was shown: without its token
	}
	if err := c.Set(string(n)+"."+f.Path, settingOf(f, text)); err != nil {
		return err
	}
	alone := slot.NewConfig()
	_ = alone.Set(string(n)+"."+f.Path, settingOf(f, text)) // it could be set above
	if err := alone.Validate(); err != nil {
		c.Slots[n] = before
		return err
	}
	return nil
}

// plain is the error without the field's path, which stands beside it.
func plain(n slot.Name, path string, err error) *slot.Error {
	e := slot.AsError(err)
	text := e.Error()
	for _, prefix := range []string{"slots." + string(n) + "." + path, string(n) + "." + path} {
		text = strings.TrimPrefix(text, prefix)
	}
	text = strings.TrimPrefix(strings.TrimLeft(text, ": "), "is ")
	if _, reason, ok := strings.Cut(text, `": `); ok && strings.HasPrefix(text, "cannot be ") {
		text = reason
	}
	return &slot.Error{Kind: e.Kind, Hint: e.Hint, Err: errors.New(text)}
}

// envOf is the variables that the form says: rows of name and value, where an
// empty value of a secret that is set keeps it, and a pasted file.
func envOf(before map[string]string, form url.Values) (map[string]string, error) {
	env := map[string]string{}
	names, values := form["env_name"], form["env_value"]
	removed := map[string]bool{}
	for _, name := range form["env_remove"] {
		removed[name] = true
	}
	for i, name := range names {
		if name = strings.TrimSpace(name); name == "" || removed[name] || i >= len(values) {
			continue
		}
		value := strings.ReplaceAll(values[i], "\r\n", "\n") // as forms send line ends
		if old, was := before[name]; was && (value == kept || value == "" && slot.SecretVariable(name, old)) {
			value = old
		}
		if _, twice := env[name]; twice {
			return nil, slot.E(slot.KindUsage, "", errorf("%s is set twice", name))
		}
		env[name] = value
	}
	if text := []byte(form.Get("env_paste")); len(strings.TrimSpace(string(text))) > 0 {
		pasted, err := envfile.Read(text, envfile.Detect(text))
		if err != nil {
			return nil, err
		}
		for name, value := range pasted {
			env[name] = value
		}
	}
	if len(env) == 0 {
		return nil, nil
	}
	return env, nil
}
