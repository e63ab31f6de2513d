package slot_test

import (
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestParseName_TakesTheFiveLettersInEitherCase(t *testing.T) {
	for i, n := range slot.Names() {
		upper := string(n[0] - 'a' + 'A')
		for _, s := range []string{string(n), upper} {
			got, err := slot.ParseName(s)
			if err != nil || got != n || got.Index() != i || !got.Valid() {
				t.Errorf("ParseName(%q) = %q (index %d), %v", s, got, got.Index(), err)
			}
		}
	}
}

func TestParseName_RefusesEverythingElse(t *testing.T) {
	for _, s := range []string{"", "f", "aa", " a", "a\n", "à", "slot-a", "../a", "-a"} {
		_, err := slot.ParseName(s)
		if e := slot.AsError(err); err == nil || e.Kind != slot.KindNotFound || e.Hint == "" {
			t.Errorf("ParseName(%q): %v", s, err)
		}
		if n := slot.Name(s); n.Valid() || n.Index() != -1 {
			t.Errorf("%q is valid", s)
		}
	}
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"a", "E", "", "f", "a/..", "\x00", "ａ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := slot.ParseName(s)
		if (err == nil) != n.Valid() {
			t.Errorf("ParseName(%q) = %q, %v", s, n, err)
		}
		if err == nil && len(s) != 1 {
			t.Errorf("ParseName(%q) took more than a letter", s)
		}
	})
}
