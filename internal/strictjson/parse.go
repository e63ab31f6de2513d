package strictjson

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

type kind string

const (
	object  kind = "an object"
	array   kind = "a list"
	text    kind = "a string"
	number  kind = "a number"
	boolean kind = "true or false"
	null    kind = "null"
)

// node is one value of the document.
type node struct {
	kind    kind
	offset  int      // of its first byte
	raw     []byte   // its bytes
	members []member // of an object
	items   []*node  // of a list
}

type member struct {
	key    string
	offset int // of the key
	value  *node
}

func (n *node) member(key string) *member {
	for i := range n.members {
		if n.members[i].key == key {
			return &n.members[i]
		}
	}
	return nil
}

// numberForm is the grammar of RFC 8259, section 6.
var numberForm = lazyregexp.New(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

type parser struct {
	data []byte
	at   int
}

func parse(data []byte) (*node, error) {
	p := &parser{data: data}
	p.space()
	n, err := p.value("", 0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(data) {
		return nil, p.fail(p.at, "", "%s after the end of the document", p.seen())
	}
	return n, nil
}

func (p *parser) value(path string, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, p.fail(p.at, path, "%s nests deeper than %d levels", named(path), maxDepth)
	}
	n := &node{offset: p.at}
	var err error
	switch c := p.peek(); {
	case c == '{':
		n.kind = object
		err = p.object(n, path, depth)
	case c == '[':
		n.kind = array
		err = p.array(n, path, depth)
	case c == '"':
		n.kind = text
		_, err = p.string(path)
	case c == '-' || '0' <= c && c <= '9':
		n.kind = number
		if word := p.word(); !numberForm.MatchString(word) {
			err = p.fail(n.offset, path, "%s is %q, which is not a number in JSON", named(path), word)
		}
	default:
		switch p.word() {
		case "true", "false":
			n.kind = boolean
		case "null":
			n.kind = null
		default:
			p.at = n.offset
			err = p.fail(p.at, path, "%s where the value of %s should be", p.seen(), named(path))
		}
	}
	if err != nil {
		return nil, err
	}
	n.raw = p.data[n.offset:p.at]
	return n, nil
}

func (p *parser) object(n *node, path string, depth int) error {
	seen := map[string]bool{}
	return p.list('}', path, func() error {
		m := member{offset: p.at}
		if p.peek() != '"' {
			return p.fail(p.at, path, "%s where a key in double quotes should be", p.seen())
		}
		var err error
		if m.key, err = p.string(path); err != nil {
			return err
		}
		at := join(path, m.key)
		if seen[m.key] {
			return p.fail(m.offset, at, "key %q is given twice", at)
		}
		seen[m.key] = true
		if p.space(); p.peek() != ':' {
			return p.fail(p.at, at, "%s where the : after key %q should be", p.seen(), at)
		}
		p.at++
		p.space()
		if m.value, err = p.value(at, depth+1); err != nil {
			return err
		}
		n.members = append(n.members, m)
		return nil
	})
}

func (p *parser) array(n *node, path string, depth int) error {
	return p.list(']', path, func() error {
		v, err := p.value(fmt.Sprintf("%s[%d]", path, len(n.items)), depth+1)
		n.items = append(n.items, v)
		return err
	})
}

// list reads what stands between brackets, divided by commas.
func (p *parser) list(end byte, path string, item func() error) error {
	p.at++
	if p.space(); p.peek() == end {
		p.at++
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		p.space()
		comma := p.at
		switch p.peek() {
		case end:
			p.at++
			return nil
		case ',':
			p.at++
		default:
			return p.fail(p.at, path, "%s where a comma or %c should be", p.seen(), end)
		}
		if p.space(); p.peek() == end {
			return p.fail(comma, path, "a comma before %c", end)
		}
	}
}

func (p *parser) string(path string) (string, error) {
	start := p.at
	for p.at++; ; p.at++ {
		switch c := p.peek(); {
		case p.at >= len(p.data) || c == '\n':
			return "", p.fail(start, path, "a string in %s is not closed", named(path))
		case c == '\\':
			p.at++
		case c == '"':
			p.at++
			raw := p.data[start:p.at]
			if !utf8.Valid(raw) {
				return "", p.fail(start, path, "a string in %s is not valid UTF-8", named(path))
			}
			var s string
			if err := json.Unmarshal(raw, &s); err != nil {
				return "", p.fail(start, path, "a string in %s has a wrong escape or a control character", named(path))
			}
			return s, nil
		}
	}
}

func (p *parser) peek() byte {
	if p.at < len(p.data) {
		return p.data[p.at]
	}
	return 0
}

func (p *parser) space() {
	for p.at < len(p.data) && strings.IndexByte(" \t\r\n", p.data[p.at]) >= 0 {
		p.at++
	}
}

// word reads up to the next byte that can end a number or a literal.
func (p *parser) word() string {
	start := p.at
	for p.at < len(p.data) && strings.IndexByte(" \t\r\n,:[]{}\"/", p.data[p.at]) < 0 {
		p.at++
	}
	return string(p.data[start:p.at])
}

// seen describes what stands at the current position.
func (p *parser) seen() string {
	rest := p.data[p.at:]
	switch {
	case len(rest) == 0:
		return "the end of the file"
	case rest[0] == '/' || rest[0] == '#':
		return "a comment, which JSON does not have,"
	}
	r, _ := utf8.DecodeRune(rest)
	return fmt.Sprintf("%q", r)
}

func (p *parser) fail(offset int, path, format string, args ...any) error {
	line, column := position(p.data, offset)
	return &Error{Line: line, Column: column, Path: path, Err: fmt.Errorf(format, args...)}
}
