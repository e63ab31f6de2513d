package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/slot-paas/slot/slot"
)

func (s *server) env(w http.ResponseWriter, r *http.Request) {
	n, err := slot.ParseName(r.PathValue("slot"))
	if err == nil {
		err = s.Store.Reload()
	}
	if err != nil {
		fail(w, err)
		return
	}
	env := s.Store.Config().Slots[n].Environment
	if env == nil {
		env = map[string]string{}
	}
	answer(w, env)
}

// changeEnv writes the slot's variables and, where a release is live, makes a
// new release of the same artefact with them.
func (s *server) changeEnv(w http.ResponseWriter, r *http.Request) {
	n, err := slot.ParseName(r.PathValue("slot"))
	var change EnvChange
	if err == nil {
		err = read(w, r, &change)
	}
	if err == nil {
		err = slot.ValidateEnvironment(change.Set)
	}
	if err != nil {
		fail(w, err)
		return
	}
	var out EnvChanged
	err = s.Store.UpdateConfig(func(c *slot.Config) error {
		sc := c.Slots[n]
		env, err := change.apply(n, sc.Environment)
		if err != nil {
			return err
		}
		out = changedNames(sc.Environment, env)
		sc.Environment = env
		c.Slots[n] = sc
		return nil
	})
	if err != nil {
		fail(w, err)
		return
	}
	state := s.Store.State(n)
	if len(out.Changed) > 0 && state.Release != 0 && state.Desired == slot.DesiredRunning {
		d, err := s.Engine.Submit(slot.Request{Slot: n, Action: slot.ActionConfig, Trigger: "env"})
		if err != nil {
			fail(w, err)
			return
		}
		out.Deployment = &d
	}
	answer(w, out)
}

// apply returns the slot's variables after the change.
func (change *EnvChange) apply(n slot.Name, env map[string]string) (map[string]string, error) {
	next := map[string]string{}
	if !change.Replace {
		maps.Copy(next, env)
	}
	for _, name := range change.Unset {
		if _, ok := env[name]; !ok {
			return nil, slot.E(slot.KindUsage, "slot env list "+string(n), fmt.Errorf("slot %s has no variable %q", n, name))
		}
		delete(next, name)
	}
	maps.Copy(next, change.Set)
	return next, nil
}

// changedNames lists the names of which the values differ.
func changedNames(before, after map[string]string) EnvChanged {
	out := EnvChanged{Changed: []string{}}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		old, was := before[name]
		if !was {
			out.Added = append(out.Added, name)
		}
		if !was || old != after[name] {
			out.Changed = append(out.Changed, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, is := after[name]; !is {
			out.Removed, out.Changed = append(out.Removed, name), append(out.Changed, name)
		}
	}
	slices.Sort(out.Changed)
	return out
}

func (s *server) config(w http.ResponseWriter, _ *http.Request) {
	if err := s.Store.Reload(); err != nil {
		fail(w, err)
		return
	}
	answer(w, s.Store.Config())
}

// changeConfig sets every path or none.
func (s *server) changeConfig(w http.ResponseWriter, r *http.Request) {
	var change ConfigChange
	if err := read(w, r, &change); err != nil {
		fail(w, err)
		return
	}
	err := s.Store.UpdateConfig(func(c *slot.Config) error {
		for _, path := range slices.Sorted(maps.Keys(change.Set)) {
			if err := c.Set(path, change.Set[path]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		fail(w, err)
		return
	}
	s.Engine.Reconfigured()
	answer(w, s.Store.Config())
}

func (s *server) backups(w http.ResponseWriter, _ *http.Request) {
	names := s.Store.Backups()
	if names == nil {
		names = []string{}
	}
	answer(w, names)
}

func (s *server) restore(w http.ResponseWriter, r *http.Request) {
	var req ConfigRestore
	err := read(w, r, &req)
	if err == nil {
		err = s.Store.RestoreConfig(req.Name)
	}
	if err != nil {
		fail(w, err)
		return
	}
	s.Engine.Reconfigured()
	answer(w, s.Store.Config())
}
