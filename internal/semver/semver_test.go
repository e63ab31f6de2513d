package semver_test

import (
	"testing"

	"github.com/slot-paas/slot/internal/semver"
)

func TestSatisfies_ReadsRangesAsNpmWritesThem(t *testing.T) {
	for _, tt := range []struct {
		version, wanted string
		want            bool
	}{
		{"2.9.6", "2", true},
		{"2.9.6", "v2.9.6", true},
		{"2.9.6", "2.8", false},
		{"2.9.6", "2.x", true},
		{"2.9.6", "*", true},
		{"2.9.6", ">=2.3", true},
		{"2.9.6", ">= 3", false},
		{"2.9.6", ">2.9", false},
		{"2.9.6", ">2.8 <3", true},
		{"2.9.6", "<=2.9", true},
		{"2.9.6", "^2.4.1", true},
		{"2.9.6", "^1 || ^2", true},
		{"2.9.6", "^1 || ^3", false},
		{"0.3.9", "^0.2.1", false},
		{"0.2.9", "^0.2.1", true},
		{"2.9.6", "~2.9.1", true},
		{"2.9.6", "~2.8", false},
		{"1.4.5", "1.2.0 - 1.4", true},
		{"1.4.5", "1.2.0 - 1.3", false},
		{"1.4.5-canary.2", ">=1.4", true},
		{"1.4.5", "canary", true},
		{"", "3", true},
	} {
		if got := semver.Satisfies(tt.version, tt.wanted); got != tt.want {
			t.Errorf("Satisfies(%q, %q) is %v", tt.version, tt.wanted, got)
		}
	}
}

func FuzzSatisfies(f *testing.F) {
	f.Add("2.9.6", ">=2 <3 || ^1")
	f.Add("1", "1 - 2 - 3")
	f.Fuzz(func(t *testing.T, version, wanted string) {
		semver.Satisfies(version, wanted) // any answer will do, at once
	})
}
