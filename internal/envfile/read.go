package envfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// reader reads the assignments of a dotenv file or of a shell.
type reader struct {
	data  []byte
	at    int
	shell bool
	all   []variable

	counted, lines int // up to that offset there are so many line breaks
}

var name = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*`)

const quoteHint = "put the value into single quotes: NAME='value'"

func (r *reader) read() ([]variable, error) {
	for {
		r.at += len(comments.Find(r.data[r.at:]))
		if r.shell && r.peek() == ';' {
			r.at++
			continue
		}
		if r.at >= len(r.data) {
			return r.all, nil
		}
		if err := r.statement(); err != nil {
			return nil, err
		}
	}
}

// statement reads one line, or more where a value has line breaks.
func (r *reader) statement() error {
	export := len(exports.Find(r.data[r.at:]))
	r.at += export
	for first := export > 0; ; first = false {
		r.blanks()
		if err := r.assignment(first); err != nil {
			return err
		}
		r.blanks()
		switch {
		case r.ended():
			return nil
		case !r.shell:
			return r.fail(r.at, quoteHint, errors.New("there is text after the closing quote"))
		}
	}
}

// ended reports whether nothing more of a statement follows.
func (r *reader) ended() bool {
	rest := r.data[r.at:]
	return len(rest) == 0 || rest[0] == '\n' || rest[0] == '#' || r.shell && rest[0] == ';' ||
		bytes.HasPrefix(rest, []byte("\r\n"))
}

// assignment reads one. An error says nothing of the line but its number: it
// may be a part of a secret that was not quoted.
func (r *reader) assignment(bare bool) error {
	start := r.at
	word := string(name.Find(r.data[r.at:]))
	r.at += len(word)
	if !r.shell {
		r.blanks()
	}
	if r.shell && bare && word != "" && r.ended() {
		return nil // export NAME alone: what a shell prints of one without a value
	}
	if word == "" || r.peek() != '=' {
		return r.fail(start, "a line is NAME=value, or begins with #", errors.New("it is not NAME=value"))
	}
	r.at++
	value, err := r.value()
	if err != nil {
		return err
	}
	r.all = append(r.all, variable{word, value, r.line(start)})
	return nil
}

func (r *reader) value() (string, error) {
	if r.shell {
		return r.word()
	}
	blank := r.at
	r.blanks()
	switch c := r.peek(); {
	case c == '\'' || c == '`':
		return r.literal(c)
	case c == '"':
		return r.double()
	case c == '#' && r.at > blank:
		return "", nil
	}
	// Up to the end of the line, or to a # behind a blank.
	rest, _, _ := bytes.Cut(r.data[r.at:], []byte("\n"))
	if i := comment.FindIndex(rest); i != nil {
		rest = rest[:i[0]]
	}
	r.at += len(rest)
	return strings.TrimRight(string(rest), " \t\r"), nil
}

var comment = lazyregexp.New(`[ \t]#`)

// literal reads up to the next quote of its kind.
func (r *reader) literal(quote byte) (string, error) {
	begin := r.at
	end := bytes.IndexByte(r.data[r.at+1:], quote)
	if end < 0 {
		return "", r.open(begin)
	}
	r.at += end + 2
	return string(r.data[begin+1 : r.at-1]), nil
}

// double reads between double quotes.
func (r *reader) double() (string, error) {
	begin := r.at
	var b strings.Builder
	for r.at++; r.at < len(r.data); r.at++ {
		c := r.data[r.at]
		switch {
		case c == '"':
			r.at++
			return b.String(), nil
		case c == '\\' && r.at+1 < len(r.data):
			r.at++
			b.WriteString(r.escape(r.data[r.at]))
		case r.shell && (c == '$' || c == '`'):
			return "", r.expands(c)
		default:
			b.WriteByte(c)
		}
	}
	return "", r.open(begin)
}

// escape is what a backslash and c mean between double quotes.
func (r *reader) escape(c byte) string {
	switch {
	case strings.IndexByte("\\\"$`", c) >= 0:
		return string(c)
	case r.shell && c == '\n':
		return ""
	case !r.shell && c == 'n':
		return "\n"
	case !r.shell && c == 'r':
		return "\r"
	case !r.shell && c == 't':
		return "\t"
	}
	return string([]byte{'\\', c})
}

func (r *reader) blanks() {
	for r.peek() == ' ' || r.peek() == '\t' {
		r.at++
	}
}

func (r *reader) peek() byte {
	if r.at < len(r.data) {
		return r.data[r.at]
	}
	return 0
}

// line is the number of the line of an offset, counted on from the last one.
func (r *reader) line(at int) int {
	if at < r.counted {
		r.counted, r.lines = 0, 0
	}
	r.lines += bytes.Count(r.data[r.counted:at], []byte("\n"))
	r.counted = at
	return 1 + r.lines
}

func (r *reader) fail(offset int, hint string, err error) error { return at(r.line(offset), hint, err) }

func (r *reader) open(begin int) error {
	return r.fail(begin, "close it, or put \\ before a quote that belongs to the value", fmt.Errorf("the quote %c is not closed", r.data[begin]))
}

func (r *reader) expands(c byte) error {
	return r.fail(r.at, quoteHint, fmt.Errorf("a shell would expand what stands behind %c, and slot does not", c))
}
