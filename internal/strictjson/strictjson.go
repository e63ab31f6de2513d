// Package strictjson reads JSON that people edit by hand. What encoding/json
// passes over is an error here: unknown keys (a key must match its json tag
// exactly), keys given twice, null where there is no nil, arrays of the wrong
// length, invalid UTF-8 and anything after the value. Each error names line,
// column and key path.
//
// It owns no files, starts nothing and keeps no state; all functions are safe
// for concurrent use. Of the json tag's options it knows omitempty and
// omitzero (both without meaning here) but not "string"; embedded structs
// without a tag are flattened, embedded pointers are not.
package strictjson

import (
	"fmt"
	"reflect"
	"strings"
)

// maxDepth bounds how deep values nest, so that no input can exhaust the
// stack. Hand-written files stay under ten.
const maxDepth = 100

// Error is what is wrong with a document and where. Line and Column count
// from 1; Column counts bytes. Path is the key path, such as "slots.a.branch"
// or "list[2]", and "" at the top.
type Error struct {
	Line, Column int
	Path         string
	Err          error
}

// Error returns "line 7, column 5: " and the reason, which names the path.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
}

// Unwrap returns the reason without the position.
func (e *Error) Unwrap() error { return e.Err }

// Decode reads the one JSON value in data into v, which must be a non-nil
// pointer. Types with an UnmarshalJSON or UnmarshalText method read their own
// part. On an error, which is an *Error where the document is at fault, v is
// left as it was.
func Decode(data []byte, v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("cannot decode JSON into a %T: want a non-nil pointer", v)
	}
	root, err := parse(data)
	if err != nil {
		return err
	}
	fresh := reflect.New(target.Type().Elem()).Elem()
	d := decoder{data}
	if err := d.assign(root, fresh, ""); err != nil {
		return err
	}
	target.Elem().Set(fresh)
	return nil
}

// Locate returns the line and column of the value at the dotted key path, or
// of its nearest parent that stands in the document. It gives 1, 1 for a
// document that does not parse.
func Locate(data []byte, path string) (line, column int) {
	n, err := parse(data)
	if err != nil {
		return 1, 1
	}
	at := n.offset
	for rest := path; rest != ""; {
		var key string
		key, rest, _ = strings.Cut(rest, ".")
		m := n.member(key)
		if m == nil {
			break
		}
		n, at = m.value, m.offset
	}
	return position(data, at)
}

func position(data []byte, offset int) (line, column int) {
	before := string(data[:min(offset, len(data))])
	return 1 + strings.Count(before, "\n"), len(before) - strings.LastIndexByte(before, '\n')
}

// join appends a key to a key path.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func named(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}
