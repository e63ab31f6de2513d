package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// fromEarlierSystem reads version 0: the slots.json of the system that slot
// replaces, which had no version. Fields of the same name mean the same; what
// slot does not have is noted, one by one. See docs/decisions/0013.
func fromEarlierSystem(doc map[string]any) ([]Note, error) {
	m := &earlier{}
	slots, ok := doc["slots"].(map[string]any)
	if !ok {
		return nil, slot.E(slot.KindUsage, `a configuration begins {"version": 1, "slots": {`, fmt.Errorf(`version: there is none, nor an object "slots" as the system before slot had`))
	}
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		if key != "slots" && key != "version" {
			m.leave(key, doc[key], "slot has no such setting")
			delete(doc, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(slots)) {
		n, err := slot.ParseName(key)
		if err != nil {
			m.leave("slots."+key, slots[key], "the slots are a, b, c, d and e")
			delete(slots, key)
			continue
		}
		tree, ok := slots[key].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("slots.%s is not an object", key)
		}
		delete(slots, key)
		slots[string(n)] = tree
		m.slot(n, tree)
	}
	slices.SortFunc(m.notes, func(a, b Note) int { return strings.Compare(a.Path, b.Path) })
	return m.notes, nil
}

// earlier collects what is told of one file.
type earlier struct{ notes []Note }

func (m *earlier) note(path string, v any, reason string, lost bool) {
	m.notes = append(m.notes, Note{Path: path, Value: v, Reason: reason, Lost: lost})
}

// leave notes what slot does not have, each value in it by itself.
func (m *earlier) leave(path string, v any, reason string) {
	if unset(v) {
		return
	}
	tree, ok := v.(map[string]any)
	if !ok {
		m.note(path, v, reason, true)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		m.leave(path+"."+key, tree[key], reason)
	}
}

// slot brings the tree of one slot into the present form.
func (m *earlier) slot(n slot.Name, tree map[string]any) {
	at := string(n)
	for key, same := range map[string]any{
		"subdomain": at,                                        // its default
		"port":      json.Number(fmt.Sprint(3001 + n.Index())), // its default, and slot's
	} {
		if tree[key] == same {
			delete(tree, key)
		}
	}
	if v, ok := tree["status"]; ok && !slot.KnownSetting("status") {
		if !unset(v) && v != "empty" {
			m.note(at+".status", v, "slot knows what runs", false)
		}
		delete(tree, "status")
	}
	m.environment(at, tree)
	m.healthCheck(at, tree)
	m.known(at, nil, tree)
}

// known takes what slot has and leaves the rest.
func (m *earlier) known(at string, keys []string, tree map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		path, v := append(slices.Clone(keys), key), tree[key]
		name := strings.Join(path, ".")
		child, isTree := v.(map[string]any)
		switch {
		case unset(v):
			delete(tree, key)
		case name == "build.cache" && v == true, name == "deployment.strategy" && v == "rolling":
			if slot.KnownSetting(path...) {
				continue
			}
			delete(tree, key) // what slot does anyway
		case !slot.KnownSetting(path...):
			m.leave(at+"."+name, v, "slot has no such setting")
			delete(tree, key)
		case isTree && name != "environment" && name != "versions" && name != "options":
			m.known(at, path, child)
		}
	}
}

// environment makes every value a text and leaves what an app's own variables
// cannot be.
func (m *earlier) environment(at string, tree map[string]any) {
	env, ok := tree["environment"].(map[string]any)
	if !ok {
		return // the strict reader tells
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		path := at + ".environment." + name
		text, isText := env[name].(string)
		if !isText && env[name] != nil {
			b, _ := json.Marshal(env[name]) // it came from JSON
			text = string(b)
		}
		switch {
		case slot.Reserved(name):
			m.note(path, env[name], "slot sets it itself", false)
			delete(env, name)
		case env[name] == nil:
			delete(env, name)
		case slot.ValidateVariable(name, text) != nil:
			m.note(path, env[name], slot.ValidateVariable(name, text).Error(), true)
			delete(env, name)
		default:
			env[name] = text
		}
	}
}

// healthCheck turns tries of some seconds each into the time of the whole
// check, which is what slot's timeout is.
func (m *earlier) healthCheck(at string, tree map[string]any) {
	check, ok := tree["health_check"].(map[string]any)
	if !ok {
		return
	}
	for _, key := range []string{"timeout", "interval"} {
		if n, ok := number(check[key]); ok && n >= 1000 {
			check[key] = fmt.Sprintf("%gms", n) // nobody waits so many seconds between two tries
		}
	}
	tries, ok := number(check["retries"])
	if !ok || slot.KnownSetting("health_check", "retries") {
		return
	}
	interval := duration(check["interval"]).Or(earlierInterval)
	whole := slot.Duration(float64(interval) * tries)
	m.note(at+".health_check.retries", tries, fmt.Sprintf("slot checks until a time is up: %v tries, %v apart, are health_check.timeout %v", tries, interval, whole), false)
	delete(check, "retries")
	check["timeout"] = whole.String()
}

// earlierInterval is what lay between two tries where nothing was set.
const earlierInterval = 2e9

func duration(v any) (d slot.Duration) {
	b, _ := json.Marshal(v) // it came from JSON
	if d.UnmarshalJSON(b) != nil {
		return 0
	}
	return d
}

// unset reports whether a value says nothing.
func unset(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}
