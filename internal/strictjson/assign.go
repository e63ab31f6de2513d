package strictjson

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/nearest"
)

var (
	jsonReader = reflect.TypeFor[json.Unmarshaler]()
	textReader = reflect.TypeFor[encoding.TextUnmarshaler]()
)

type decoder struct{ data []byte }

// assign puts the value n, found at path, into v.
func (d decoder) assign(n *node, v reflect.Value, path string) error {
	t := v.Type()
	if p := reflect.PointerTo(t); p.Implements(jsonReader) || p.Implements(textReader) {
		return d.leaf(n, v, path)
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
		if n.kind == null {
			return nil
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		return d.assign(n, v.Elem(), path)
	case reflect.Struct:
		return d.structure(n, v, path)
	case reflect.Map:
		return d.mapping(n, v, path)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return d.leaf(n, v, path)
		}
		if n.kind != array {
			return d.wrong(n, path, array)
		}
		v.Set(reflect.MakeSlice(t, len(n.items), len(n.items)))
		return d.items(n, v, path)
	case reflect.Array:
		if n.kind != array || len(n.items) != v.Len() {
			return d.wrong(n, path, kind(fmt.Sprintf("a list of %d", v.Len())))
		}
		return d.items(n, v, path)
	case reflect.Interface:
		return d.leaf(n, v, path)
	}
	return d.scalar(n, v, path)
}

func (d decoder) structure(n *node, v reflect.Value, path string) error {
	if n.kind != object {
		return d.wrong(n, path, object)
	}
	known := fields(v.Type())
	for _, m := range n.members {
		at := join(path, m.key)
		index, ok := known[m.key]
		if !ok {
			reason := fmt.Sprintf("unknown key %q", at)
			if near := nearest.Word(m.key, slices.Collect(maps.Keys(known))); near != "" {
				reason += fmt.Sprintf("; did you mean %q?", near)
			}
			return d.fail(m.offset, at, errors.New(reason))
		}
		if err := d.assign(m.value, v.FieldByIndex(index), at); err != nil {
			return err
		}
	}
	return nil
}

func (d decoder) mapping(n *node, v reflect.Value, path string) error {
	t := v.Type()
	if t.Key().Kind() != reflect.String {
		return d.fail(n.offset, path, fmt.Errorf("%s cannot be read into a %v", named(path), t))
	}
	if n.kind != object {
		return d.wrong(n, path, object)
	}
	v.Set(reflect.MakeMapWithSize(t, len(n.members)))
	for _, m := range n.members {
		element := reflect.New(t.Elem()).Elem()
		if err := d.assign(m.value, element, join(path, m.key)); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(m.key).Convert(t.Key()), element)
	}
	return nil
}

func (d decoder) items(n *node, v reflect.Value, path string) error {
	for i, item := range n.items {
		if err := d.assign(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

func (d decoder) scalar(n *node, v reflect.Value, path string) error {
	want := number
	switch v.Kind() {
	case reflect.String:
		want = text
	case reflect.Bool:
		want = boolean
	}
	if n.kind != want {
		return d.wrong(n, path, want)
	}
	if json.Unmarshal(n.raw, v.Addr().Interface()) != nil {
		return d.fail(n.offset, path, fmt.Errorf("%s is %s, which does not fit into %v", named(path), n.raw, v.Kind()))
	}
	return nil
}

// leaf lets encoding/json and the type's own methods read the value.
func (d decoder) leaf(n *node, v reflect.Value, path string) error {
	if err := json.Unmarshal(n.raw, v.Addr().Interface()); err != nil {
		return d.fail(n.offset, path, fmt.Errorf("%s: %w", named(path), err))
	}
	return nil
}

func (d decoder) wrong(n *node, path string, want kind) error {
	return d.fail(n.offset, path, fmt.Errorf("%s is %s; want %s", named(path), n.kind, want))
}

func (d decoder) fail(offset int, path string, err error) error {
	line, column := position(d.data, offset)
	return &Error{Line: line, Column: column, Path: path, Err: err}
}

// fields maps the keys of a struct to the indices of their fields. An outer
// field hides one of the same key in an embedded struct.
func fields(t reflect.Type) map[string][]int {
	known := map[string][]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Tag.Get("json") == "-":
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			for key, index := range fields(f.Type) {
				if old, taken := known[key]; !taken || len(index)+1 < len(old) {
					known[key] = append([]int{i}, index...)
				}
			}
		case !f.IsExported():
		case name == "":
			known[f.Name] = []int{i}
		default:
			known[name] = []int{i}
		}
	}
	return known
}
