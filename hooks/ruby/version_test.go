package ruby

import "testing"

func TestSatisfies_ReadsRequirementsAsRubyGemsDoes(t *testing.T) {
	for _, tt := range []struct {
		version, wanted string
		want            bool
	}{
		{"3.1.7", "3.1.7", true},
		{"3.1.7", "3.1.6", false},
		{"3.1.7", "3.1", true},
		{"3.1.7", "3", true},
		{"3.1.7", "~> 3.1", true},
		{"3.4.0", "~> 3.1", true},
		{"4.0.0", "~> 3.1", false},
		{"3.1.7", "~> 3.1.2", true},
		{"3.2.0", "~> 3.1.2", false},
		{"3.1.7", ">= 3.0, < 3.2", true},
		{"3.2.0", ">= 3.0, < 3.2", false},
		{"3.1.7", "> 3.1.7", false},
		{"3.1.7", "<= 3.1.7", true},
		{"3.1.7", "!= 3.1.7", false},
		{"3.1.7", "3.1.7p261", true},
		{"3.1.7", "jruby-9.4", true},
		{"3.1.7", "", true},
	} {
		if got := satisfies(tt.version, tt.wanted); got != tt.want {
			t.Errorf("satisfies(%q, %q) is %v", tt.version, tt.wanted, got)
		}
	}
}
