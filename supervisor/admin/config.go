package admin

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/slot-paas/slot/slot"
)

// configView is the settings of a slot as a form.
type configView struct {
	Slot     slot.Name
	Groups   []group
	Env      []variable
	Paste    string
	EnvError *slot.Error
	Error    *slot.Error // of the form as a whole
	Draft    time.Time   // when it was typed; zero where it is what holds
	Branches []string
	Subject  string // what is known of the repository
}

// variable is a row of the environment.
type variable struct {
	Name, Value string
	Secret, Set bool // its value is not shown; it has one
}

// configPage shows the settings, or the draft of them.
func (a *Admin) configPage(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	if err := a.Store.Reload(); err != nil {
		a.problem(w, r, c, err)
		return
	}
	form, at := a.drafts.get(n)
	a.showConfig(w, r, c, n, form, at, nil)
}

// showConfig shows the settings in force with what form says over them.
func (a *Admin) showConfig(w http.ResponseWriter, r *http.Request, c caller, n slot.Name, form url.Values, at time.Time, wrong map[string]*slot.Error) {
	cfg := a.Store.Config()
	v := configView{Slot: n, Groups: configGroups(), Draft: at, Env: rows(cfg.Slots[n].Environment, form), Paste: form.Get("env_paste")}
	v.EnvError, v.Error = wrong["env"], wrong[""]
	holds := hints(&cfg, n)
	for g := range v.Groups {
		for i := range v.Groups[g].Fields {
			f := &v.Groups[g].Fields[i]
			f.Value, f.Hint = textOf(&cfg, n, *f), holds[f.Path]
			if form.Has(f.Path) {
				f.Value = form.Get(f.Path)
			}
			if f.Kind == "secret" && f.Value != "" {
				f.Value, f.Hint, f.Set = "", "kept as it is", true
			}
			if f.Value != "" || f.Set {
				v.Groups[g].Open = true
			}
			if e := wrong[f.Path]; e != nil {
				f.Error, v.Groups[g].Open = sentence(e.Error()), true
			}
		}
	}
	a.page(w, r, c, "config.html", "Settings of slot "+string(n), string(n), v)
}

// rows are the variables: those that are set, or those of the form.
func rows(env map[string]string, form url.Values) []variable {
	var all []variable
	row := func(name, value string) {
		old, set := env[name]
		v := variable{Name: name, Value: value, Secret: slot.SecretVariable(name, value) || slot.SecretVariable(name, old), Set: set}
		if v.Secret {
			v.Value = "" // write-only
		}
		all = append(all, v)
	}
	if form.Has("env") {
		names, values := form["env_name"], form["env_value"]
		for i, name := range names {
			if name != "" && i < len(values) {
				row(name, values[i])
			}
		}
	} else {
		for _, name := range slices.Sorted(maps.Keys(env)) {
			row(name, env[name])
		}
	}
	return append(all, variable{}) // one to fill in
}
