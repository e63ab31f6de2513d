package envfile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// word reads a value as a POSIX shell does: pieces in quotes and without, one
// behind the other. What a shell would expand is an error.
func (r *reader) word() (string, error) {
	var b strings.Builder
	for begin := r.at; ; {
		rest := string(r.data[r.at:min(len(r.data), r.at+2)])
		c := r.peek()
		var piece string
		var err error
		switch {
		case r.at >= len(r.data) || strings.IndexByte(" \t\n;", c) >= 0 || rest == "\r\n":
			return b.String(), nil
		case c == '\'':
			piece, err = r.literal(c)
		case c == '"':
			piece, err = r.double()
		case rest == "$'":
			piece, err = r.ansi()
		case c == '\\' && rest == "\\\n":
			r.at += 2
		case c == '\\' && len(rest) == 2:
			piece = rest[1:]
			r.at += 2
		case c == '$' || c == '`':
			err = r.expands(c)
		case strings.IndexByte("&|<>()*?[{\\", c) >= 0 || c == '~' && (r.at == begin || r.data[r.at-1] == ':'):
			err = r.fail(r.at, quoteHint, fmt.Errorf("%c means something to a shell", c))
		default:
			piece = string(r.data[r.at : r.at+1])
			r.at++
		}
		if err != nil {
			return "", err
		}
		b.WriteString(piece)
	}
}

var (
	ansiEscape = lazyregexp.New(`^\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|[^xuU0-7])`)
	ansiNames  = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", 'e': "\x1b", 'E': "\x1b", '\\': "\\", '\'': "'", '"': "\"", '?': "?"}
)

// ansi reads $'…', in which bash prints what has control characters.
func (r *reader) ansi() (string, error) {
	begin := r.at + 1
	r.at += 2
	var b strings.Builder
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case '\'':
			r.at++
			return b.String(), nil
		case '\\':
			m := string(ansiEscape.Find(r.data[r.at:]))
			piece, ok := ansiPiece(m)
			if !ok {
				return "", r.fail(r.at, quoteHint, fmt.Errorf("%q means nothing between $' and '", m))
			}
			b.WriteString(piece)
			r.at += len(m)
		default:
			b.WriteByte(r.data[r.at])
			r.at++
		}
	}
	return "", r.open(begin)
}

// ansiPiece is what one escape stands for.
func ansiPiece(m string) (string, bool) {
	if len(m) < 2 {
		return "", false
	}
	if piece, ok := ansiNames[m[1]]; ok {
		return piece, true
	}
	base, digits := 16, m[2:]
	if strings.IndexByte("xuU", m[1]) < 0 {
		base, digits = 8, m[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	switch {
	case err != nil:
		return "", false
	case m[1] == 'u' || m[1] == 'U':
		return string(rune(n)), n <= 0x10ffff
	}
	return string([]byte{byte(n)}), n <= 0xff
}
