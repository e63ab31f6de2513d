package logs

import (
	"bytes"
	"iter"
	"unicode/utf8"
)

// MaxLine is the longest line in bytes; a longer one is split. It bounds what
// an app that never ends its line can make us hold: 64 KiB as in the field's
// collectors, four times the longest line that Docker keeps whole.
const MaxLine = 64 << 10

// Splitter takes the output of a program apart into lines, as io.Writer. It
// is not safe for concurrent use: take one for each stream.
type Splitter struct {
	mask *Mask
	emit func(text string)
	held []byte
}

// NewSplitter returns a Splitter that masks with mask, which may be nil, and
// calls emit with each line: without its end, MaxLine bytes at most.
func NewSplitter(mask *Mask, emit func(text string)) *Splitter {
	return &Splitter{mask: mask, emit: emit}
}

// Write takes the next bytes. It never fails.
func (s *Splitter) Write(p []byte) (int, error) {
	seen := len(s.held)
	s.held = append(s.held, p...)
	if n := ready(s.held, seen, s.mask); n > 0 {
		s.take(n)
	}
	return len(p), nil
}

// Flush emits the last line if its end never came. The Splitter can be
// written to again.
func (s *Splitter) Flush() { s.take(len(s.held)) }

func (s *Splitter) take(n int) {
	for line := range lines(s.mask.bytes(s.held[:n])) {
		s.emit(string(line))
	}
	s.held = append(s.held[:0], s.held[n:]...)
}

// ready returns how many bytes at the beginning of b can be taken apart now:
// the whole lines, and where the line that follows is too long already, as
// much of it as cannot cut a secret in two. In the first seen bytes no line
// ends.
func ready(b []byte, seen int, m *Mask) int {
	n := 0
	if i := bytes.LastIndexByte(b[seen:], '\n'); i >= 0 {
		n = seen + i + 1
	}
	if len(b)-n > MaxLine {
		n += m.cut(b[n:])
	}
	return n
}

// lines yields the lines in b without their ends. Nothing follows a last \n.
func lines(b []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			line, rest, _ := bytes.Cut(b, []byte{'\n'})
			b = rest
			if len(line) > 0 && line[len(line)-1] == '\r' {
				line = line[:len(line)-1]
			}
			for len(line) > MaxLine {
				n := wholeRunes(line[:MaxLine])
				if !yield(line[:n]) {
					return
				}
				line = line[n:]
			}
			if !yield(line) {
				return
			}
		}
	}
}

// wholeRunes returns the length of b without a last character that is cut.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i > max(0, len(b)-utf8.UTFMax); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}
