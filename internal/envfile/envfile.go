// Package envfile reads and writes environment variables in the forms that
// people keep them in: dotenv files, lines for a shell, JSON. What it writes it
// reads back byte for byte, and a shell reads the first two the same way. It
// does no I/O, expands nothing and starts nothing.
//
// There is no standard for dotenv files. This package takes what the common
// readers agree on, and a text as it stands where they do not: $ is a dollar.
package envfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/internal/strictjson"
	"github.com/slot-paas/slot/slot"
)

// Format is a form of writing variables.
type Format string

// The formats.
const (
	Dotenv Format = "dotenv" // NAME=value, 'literal', "with \n, \", \$ and \\"
	Shell  Format = "shell"  // export NAME='value'
	JSON   Format = "json"   // {"NAME": "value"}
)

// Formats returns every format.
func Formats() []Format { return []Format{Dotenv, Shell, JSON} }

// ParseFormat returns the format that s names.
func ParseFormat(s string) (Format, error) {
	if f := Format(s); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", slot.E(slot.KindUsage, "dotenv, shell or json", fmt.Errorf("no format %q", s))
}

var (
	comments = lazyregexp.New(`^(?:[ \t\r\n]*(?:#[^\n]*(?:\n|$))?)*`)
	exports  = lazyregexp.New(`^(?:export|declare -x|typeset -x)[ \t]`)
)

// Detect guesses the format: JSON begins with a brace, lines for a shell with
// export, everything else is a dotenv file.
func Detect(data []byte) Format {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = data[len(comments.Find(data)):]
	switch {
	case bytes.HasPrefix(data, []byte("{")):
		return JSON
	case exports.Match(data):
		return Shell
	}
	return Dotenv
}

// Read returns the variables in data; of one that is set twice the last value.
// Names and values are those that a slot's own variables may have. The error
// has slot.KindUsage and names the line.
func Read(data []byte, f Format) (map[string]string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var all []variable
	var err error
	switch f {
	case JSON:
		all, err = readJSON(data)
	default:
		all, err = (&reader{data: data, shell: f == Shell}).read()
	}
	if err != nil {
		return nil, err
	}
	env := map[string]string{}
	for _, v := range all {
		if err := slot.ValidateEnvironment(map[string]string{v.name: v.value}); err != nil {
			return nil, at(v.line, slot.AsError(err).Hint, err)
		}
		env[v.name] = v.value
	}
	return env, nil
}

// variable is one assignment and the line it begins in.
type variable struct {
	name, value string
	line        int
}

// at is an error of a line.
func at(line int, hint string, err error) error {
	return slot.E(slot.KindUsage, hint, fmt.Errorf("line %d: %w", line, err))
}

func readJSON(data []byte) (all []variable, err error) {
	var raw map[string]json.RawMessage
	if err := strictjson.Decode(data, &raw); err != nil {
		var where *strictjson.Error
		if errors.As(err, &where) {
			return nil, at(where.Line, `{"NAME": "value"}`, where.Err)
		}
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		line, _ := strictjson.Locate(data, name)
		v := variable{name: name, line: line}
		switch c := raw[name][0]; {
		case c == '"':
			err = json.Unmarshal(raw[name], &v.value)
		case c == '{', c == '[', c == 'n':
			err = fmt.Errorf("the value of %s is no text", name)
		default: // a number, true or false: as it is written
			v.value = string(raw[name])
		}
		if err != nil {
			return nil, at(line, `{"NAME": "value"}`, err)
		}
		all = append(all, v)
	}
	return all, nil
}

// plain needs no quotes, in a shell or anywhere.
var plain = lazyregexp.New(`^[A-Za-z0-9_./:@%+,=-]*$`)

// Write returns the variables, sorted by name, in a form that Read takes.
func Write(env map[string]string, f Format) []byte {
	var b bytes.Buffer
	if f == JSON {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if env == nil {
			env = map[string]string{}
		}
		_ = enc.Encode(env) // texts into memory
		return b.Bytes()
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		v := env[name]
		switch {
		case f == Shell:
			fmt.Fprintf(&b, "export %s='%s'\n", name, strings.ReplaceAll(v, "'", `'\''`))
		case plain.MatchString(v):
			fmt.Fprintf(&b, "%s=%s\n", name, v)
		case !strings.Contains(v, "'"):
			fmt.Fprintf(&b, "%s='%s'\n", name, v)
		default:
			fmt.Fprintf(&b, "%s=\"%s\"\n", name, doubleQuoted.Replace(v))
		}
	}
	return b.Bytes()
}

// doubleQuoted escapes what means something between double quotes, in a shell
// too. A line break stays one: "\n" would be two characters to a shell.
var doubleQuoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`")
