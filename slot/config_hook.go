package slot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// The bounds of what a slot tells its hook: more than any hook asks for, and
// small enough to stand in a message.
const (
	maxHookWords = 32   // versions, and options
	maxVersion   = 64   // bytes
	maxOption    = 1000 // bytes
)

var (
	toolName    = lazyregexp.New(`^[a-z][a-z0-9-]{0,31}$`)
	toolVersion = lazyregexp.New(`^[0-9A-Za-z.,*<>=!~^|/_+ -]*[0-9A-Za-z*][0-9A-Za-z.,*<>=!~^|/_+ -]*$`)
	optionName  = lazyregexp.New(`^[a-z][a-z0-9_-]{0,63}$`)
)

// validateHookWords checks versions and options. A hook may put them into the
// arguments and the environment of what it starts, so nothing in them can end
// a line or hide from a reader.
func (s *SlotConfig) validateHookWords(at string) error {
	if n := len(s.Versions); n > maxHookWords {
		return usage(at+".versions", fmt.Sprintf("a list of %d tools", n), fmt.Sprintf("%d at most", maxHookWords))
	}
	for _, tool := range slices.Sorted(maps.Keys(s.Versions)) {
		v := s.Versions[tool]
		if !toolName.MatchString(tool) {
			return usage(at+".versions", fmt.Sprintf("set for %q", tool), "the name of a tool, such as node")
		}
		if len(v) > maxVersion || !toolVersion.MatchString(v) {
			return usage(at+".versions."+tool, fmt.Sprintf("%q", v), fmt.Sprintf("a version such as 20, 3.11.4 or \">=18 <23\", %d characters at most", maxVersion))
		}
	}
	if n := len(s.Options); n > maxHookWords {
		return usage(at+".options", fmt.Sprintf("a list of %d", n), fmt.Sprintf("%d at most", maxHookWords))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Options)) {
		v := s.Options[name]
		if !optionName.MatchString(name) {
			return usage(at+".options", fmt.Sprintf("set for %q", name), "a name of small letters, digits, _ and -")
		}
		if len(v) > maxOption || !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl) {
			return usage(at+".options."+name, fmt.Sprintf("%.40q", v), fmt.Sprintf("one line of text, %d bytes at most", maxOption))
		}
	}
	return nil
}
