package deno

import (
	"encoding/json"
	"testing"
)

func TestPlainJSON_LeavesEveryByteInItsPlace(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"comments", "{ // a\n\"b\": /* \"c\": */ 1\n}", "{     \n\"b\":            1\n}"},
		{"commas", `{"a": [1, 2, ], /* x */ }`, `{"a": [1, 2  ]          }`},
		{"comma and comment", "[1, // one\n]", "[1        \n]"},
		{"strings", `{"a": "http://x /* y */ ,}", "b\"": ",]"}`, `{"a": "http://x /* y */ ,}", "b\"": ",]"}`},
		{"byte order mark", "\uFEFF{}", "   {}"},
		{"unended", `{"a": 1 /* x`, `{"a": 1     `},
		{"two commas", `[1,,]`, `[1, ]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(plainJSON([]byte(tt.text))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzPlainJSON(f *testing.F) {
	for _, seed := range []string{"{}", "// x", "/*", `"\`, `{"a": [1,],}`, "\uFEFF[]", "/", ",]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out := plainJSON(data)
		if len(out) != len(data) {
			t.Fatalf("%d bytes became %d", len(data), len(out))
		}
		if json.Valid(data) && string(out) != string(data) {
			t.Errorf("JSON %q became %q", data, out)
		}
	})
}

func TestUses_KnowsAPackageByNameOrSpecifier(t *testing.T) {
	c := config{imports: map[string]string{
		"$fresh/": "https://modules.example.com/x/fresh@1.7.3/", "web": "npm:hono@^4", "o": "jsr:@oak/oak@17/router", "expressive": "npm:expressive",
	}}
	for name, want := range map[string]bool{"$fresh": true, "hono": true, "@oak/oak": true, "express": false, "lume": false} {
		if c.uses(name) != want {
			t.Errorf("uses(%q) is not %v", name, want)
		}
	}
}

func TestWithoutUser_KeepsSecretsOutOfPlans(t *testing.T) {
	for address, want := range map[string]string{
		"https://me:secret@npm.example.com/a/": "https://npm.example.com/a/", "https://npm.example.com": "https://npm.example.com", "::": "::",
	} {
		if got := withoutUser(address); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
