package slot_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// Coder's own expressions: appSlugRegex of its provider, PortRegex of its proxy.
var (
	slugRule = regexp.MustCompile(`\A[a-z0-9](-?[a-z0-9])*\z`)
	portRule = regexp.MustCompile(`\A[0-9]{4}s?\z`)
)

func TestCheckSubdomain(t *testing.T) {
	for _, good := range []string{"a", "blog", "my-blog-2", "0", "123", "12345", "v2024", "2024x"} {
		if err := slot.CheckSubdomain(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		"": "empty", "Blog": "capital letter 'B'", "my_blog": "character '_'", "bl og": "character ' '", "é": "character 'é'",
		"-a": "begins or ends", "a-": "begins or ends", "-": "begins or ends", "a--b": "two - in a row",
		"2024": "looks like a port", "3001s": "looks like a port",
	} {
		if err := slot.CheckSubdomain(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", bad, err, want)
		}
	}
}

// FuzzCheckSubdomain holds the rule against Coder's own expression.
func FuzzCheckSubdomain(f *testing.F) {
	for _, s := range []string{"a", "a-b", "a--b", "-a", "a-", "A", "2024", "2024s", "é", "", "a\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := slugRule.MatchString(s) && !portRule.MatchString(s)
		if got := slot.CheckSubdomain(s) == nil; got != want {
			t.Errorf("CheckSubdomain(%q) = %v, Coder's expressions say %v", s, got, want)
		}
	})
}
