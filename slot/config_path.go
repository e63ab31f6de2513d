package slot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/nearest"
)

// Set changes one value by its path, such as "a.branch" or
// "a.health_check.timeout". The text is taken as a string where the field is
// one, else as JSON (3, true, "30s"), or for a list as texts between commas; an
// empty text removes the value. On an error c is unchanged.
func (c *Config) Set(path, text string) error {
	name, keys, err := splitPath(path)
	if err != nil {
		return err
	}
	field := fieldType(reflect.TypeFor[SlotConfig](), keys)
	if len(keys) == 0 || field == nil {
		return badPath(path)
	}
	tree, err := toTree(c.Slots[name])
	if err != nil {
		return err
	}
	candidates := []any{text}
	var v any
	if json.Unmarshal([]byte(text), &v) == nil {
		candidates = append(candidates, v)
	}
	if list, ok := listText(keys, text); ok {
		candidates = append(candidates, list)
	}
	if text == "" {
		candidates = []any{nil}
	}
	var firstErr error
	for _, v := range candidates {
		put(tree, keys, v)
		changed, err := fromTree(tree)
		if err == nil {
			if c.Slots == nil {
				c.Slots = map[Name]SlotConfig{}
			}
			c.Slots[name] = changed
			return nil
		}
		if firstErr == nil || strings.Contains(firstErr.Error(), "cannot unmarshal") {
			firstErr = err
		}
	}
	return E(KindUsage, "", fmt.Errorf("%s cannot be %q: %w", path, text, firstErr))
}

// Get returns the value at a path as JSON would give it: a string, number,
// bool, or a map. A whole slot is named by its letter alone. A value that is
// not set is nil.
func (c *Config) Get(path string) (any, error) {
	name, keys, err := splitPath(path)
	if err != nil {
		return nil, err
	}
	tree, err := toTree(c.Slots[name])
	if err != nil {
		return nil, err
	}
	if fieldType(reflect.TypeFor[SlotConfig](), keys) == nil {
		return nil, badPath(path)
	}
	var v any = tree
	for _, k := range keys {
		m, _ := v.(map[string]any) // nil where the part around it is not set
		v = m[k]
	}
	return v, nil
}

// fieldType is the type of what keys lead to in a value of type t, nil for
// nothing. They are spelt exactly so: encoding/json would take "Branch" for
// "branch" and then keep one of both.
func fieldType(t reflect.Type, keys []string) reflect.Type {
	if len(keys) == 0 {
		return t
	}
	switch t.Kind() {
	case reflect.Map:
		return fieldType(t.Elem(), keys[1:])
	case reflect.Struct:
		for f := range t.Fields() {
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == keys[0] {
				return fieldType(f.Type, keys[1:])
			}
		}
	}
	return nil
}

func splitPath(path string) (Name, []string, error) {
	parts := strings.Split(strings.TrimPrefix(path, "slots."), ".")
	name, err := ParseName(parts[0])
	if err != nil {
		return "", nil, badPath(path)
	}
	if slices.Contains(parts, "") {
		return "", nil, badPath(path)
	}
	return name, parts[1:], nil
}

func badPath(path string) error {
	said := fmt.Sprintf("no setting %q", path)
	if near := nearPath(strings.TrimPrefix(path, "slots.")); near != "" {
		said += fmt.Sprintf("; did you mean %q?", near)
	}
	return E(KindUsage, "paths are such as a.branch, a.root, a.health_check.path; slot config get a shows what is set", errors.New(said))
}

// nearPath returns the path of a slot's settings that was meant, "" where none
// is near.
func nearPath(path string) string {
	parts := strings.Split(path, ".")
	if _, err := ParseName(parts[0]); err != nil {
		return ""
	}
	t := reflect.TypeFor[SlotConfig]()
	for i, part := range parts[1:] {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return ""
		}
		var known []string
		for f := range t.Fields() {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			known = append(known, tag)
		}
		if !slices.Contains(known, part) {
			if part = nearest.Word(part, known); part == "" {
				return ""
			}
		}
		parts[i+1] = part
		if t = fieldType(t, []string{part}); t == nil {
			return ""
		}
	}
	return strings.Join(parts, ".")
}

func toTree(s SlotConfig) (map[string]any, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	tree := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	return tree, dec.Decode(&tree)
}

func fromTree(tree map[string]any) (SlotConfig, error) {
	var s SlotConfig
	b, err := json.Marshal(tree)
	if err != nil {
		return s, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	return s, dec.Decode(&s)
}

// put sets the value at keys, which the tree's type has; nil removes it.
func put(tree map[string]any, keys []string, v any) {
	for _, k := range keys[:len(keys)-1] {
		next, ok := tree[k].(map[string]any)
		if !ok {
			next = map[string]any{}
			tree[k] = next
		}
		tree = next
	}
	if v == nil {
		delete(tree, keys[len(keys)-1])
		return
	}
	tree[keys[len(keys)-1]] = v
}
