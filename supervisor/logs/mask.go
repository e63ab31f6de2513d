package logs

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

const (
	masked = "********"
	// minSecret is the shortest value in bytes that is masked: shorter ones
	// stand everywhere, and hiding them would give them away.
	minSecret = 4
	// mostSearched is up to how many secrets a search for each is quicker than
	// the replacer, which goes byte by byte and copies the text twice.
	mostSearched = 16
)

// Mask replaces secret values in text. It never changes, is safe for
// concurrent use, and a nil Mask replaces nothing.
type Mask struct {
	values   []string // as given
	secrets  []string // single lines, longest first
	replacer *strings.Replacer
	search   [][]byte // the secrets, where they are few enough to be looked for one by one
}

// NewMask returns a mask of the values. White space around a value does not
// count; a value of several lines is masked line by line; what is shorter
// than 4 bytes is ignored.
func NewMask(values []string) *Mask {
	m := &Mask{values: slices.Clone(values)}
	for _, value := range values {
		for line := range strings.SplitSeq(value, "\n") {
			if line = strings.TrimSpace(line); len(line) >= minSecret {
				m.secrets = append(m.secrets, line)
			}
		}
	}
	// The longest first: of two secrets that begin alike the replacer takes
	// the first it is given.
	slices.SortFunc(m.secrets, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	m.secrets = slices.Compact(m.secrets)
	pairs := make([]string, 0, 2*len(m.secrets))
	for _, s := range m.secrets {
		pairs = append(pairs, s, masked)
	}
	m.replacer = strings.NewReplacer(pairs...)
	if len(m.secrets) <= mostSearched {
		for _, s := range m.secrets {
			m.search = append(m.search, []byte(s))
		}
	}
	return m
}

// Apply returns text with ******** in place of every secret.
func (m *Mask) Apply(text string) string {
	if m == nil || len(m.secrets) == 0 {
		return text
	}
	return m.replacer.Replace(text)
}

// bytes is Apply for whole lines; without secrets in it it may return b itself.
func (m *Mask) bytes(b []byte) []byte {
	if m == nil || len(m.secrets) == 0 || m.search != nil && !m.holds(b) {
		return b
	}
	return []byte(m.replacer.Replace(string(b)))
}

// holds reports whether a secret is in b. Most output has none.
func (m *Mask) holds(b []byte) bool {
	return slices.ContainsFunc(m.search, func(s []byte) bool { return bytes.Contains(b, s) })
}

// cut returns where b, the beginning of a line that goes on, may be cut: as
// late as possible, but neither inside a character nor inside what is or may
// become a secret. Secrets longer than a line do not count, so that what is
// left is shorter than MaxLine.
func (m *Mask) cut(b []byte) int {
	whole := wholeRunes(b)
	if m == nil {
		return whole
	}
	for at := 0; at < len(b); {
		step := 1
		for _, s := range m.secrets {
			if s[0] != b[at] || len(s) > MaxLine {
				continue
			}
			rest := b[at:]
			switch {
			case len(rest) < len(s):
				if string(rest) == s[:len(rest)] {
					return min(at, whole)
				}
			case step == 1 && string(rest[:len(s)]) == s: // the longest, as the replacer does
				step = len(s)
			}
		}
		at += step
	}
	return whole
}
