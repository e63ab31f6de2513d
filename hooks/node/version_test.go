package node

import "testing"

func TestSatisfies_ReadsRangesAsNpmDoes(t *testing.T) {
	for _, tt := range []struct {
		version, wanted string
		want            bool
	}{
		{"20.20.2", ">=18", true},
		{"20.20.2", ">=22", false},
		{"20.20.2", "20", true},
		{"20.20.2", "20.x", true},
		{"20.20.2", "v20.20.2", true},
		{"20.20.2", "20.20.1", false},
		{"20.20.2", "^20.9.0", true},
		{"20.20.2", "^18.0.0 || ^20.0.0 || >=22", true},
		{"21.1.0", "^18.0.0 || ^20.0.0 || >=22", false},
		{"20.20.2", ">=18 <20", false},
		{"20.20.2", ">= 18 < 21", true},
		{"20.20.2", "16 - 18", false},
		{"20.20.2", "18 - 20", true},
		{"20.20.2", "~20.19.0", false},
		{"20.20.2", ">20", false},
		{"20.20.2", "<=20", true},
		{"20.20.2", "*", true},
		{"20.20.2", "lts/*", true},
		{"20.20.2", "lts/iron", true},
		{"20.20.2", "", true},
	} {
		t.Run(tt.wanted, func(t *testing.T) {
			if got := satisfies(tt.version, tt.wanted); got != tt.want {
				t.Errorf("satisfies(%q, %q) = %v", tt.version, tt.wanted, got)
			}
		})
	}
}

func FuzzSatisfies(f *testing.F) {
	for _, seed := range []string{">=18", "^18 || 20.x", "16 - 18", "lts/*", "~1.2.3.4", "=v1", "||", "99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, wanted string) { satisfies("20.20.2", wanted) })
}
