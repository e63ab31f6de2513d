package php

import "testing"

func TestSatisfies_ReadsConstraintsAsComposerDoes(t *testing.T) {
	for _, tt := range []struct {
		version, wanted string
		want            bool
	}{
		{"8.2.36", ">=8.1", true},
		{"8.2.36", "^8.1", true},
		{"8.2.36", "^7.4 || ^8.0", true},
		{"8.2.36", "^7.4|^8.3", false},
		{"8.2.36", "~8.1.0", false},
		{"8.2.36", "~8.1", true},
		{"8.2.36", "~8.2.0", true},
		{"8.2.36", "8.2.*", true},
		{"8.2.36", "8.1.*", false},
		{"8.2.36", "8.2", true},
		{"8.2.36", ">=8.1 <8.2", false},
		{"8.2.36", ">=8.1,<8.3", true},
		{"8.2.36", "8.1 - 8.2", true},
		{"8.3.1", "8.1 - 8.2", false},
		{"8.2.36", "!=8.2.36", false},
		{"8.2.36", "^8.3@dev", false},
		{"8.2.36", "^9", false},
		{"8.2.36", "*", true},
		{"8.2.36", "dev-master", true},
		{"8.2.36", "", true},
	} {
		if got := satisfies(tt.version, tt.wanted); got != tt.want {
			t.Errorf("satisfies(%q, %q) is %v", tt.version, tt.wanted, got)
		}
	}
}

func TestRuntime_KnowsExtensionsByTheirOwnNames(t *testing.T) {
	r := runtime{Extensions: []string{"Core", "PDO", "Zend OPcache", "SimpleXML"}}
	for extension, want := range map[string]bool{"pdo": true, "zend-opcache": true, "opcache": true, "simplexml": true, "redis": false} {
		if r.has(extension) != want {
			t.Errorf("%s: want %v", extension, want)
		}
	}
}

func TestAptPackage_NamesWhatHasTheExtension(t *testing.T) {
	for extension, want := range map[string]string{"dom": "php-xml", "pdo_pgsql": "php-pgsql", "redis": "php-redis", "mbstring": "php-mbstring", "tokenizer": "php-common"} {
		if got := aptPackage(extension); got != want {
			t.Errorf("%s: got %s", extension, got)
		}
	}
}
