package golang

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// The lines are what Go 1.26 prints.
func TestDiagnose_RecognisesKnownFailures(t *testing.T) {
	for _, tt := range []struct {
		line, code, summary string
		file                string
		at                  int
	}{
		{"main.go:2:9: missing go.sum entry for module providing package rsc.io/quote (imported by example.com/m1); to add:", "go.sum_missing", "", "main.go", 2},
		{"go: updates to go.mod needed; to update it:", "go.mod_untidy", "", "", 0},
		{"verifying rsc.io/quote@v1.5.2: checksum mismatch", "go.sum_mismatch", "", "", 0},
		{"go: inconsistent vendoring in /srv/app:", "go.vendor_stale", "", "", 0},
		{"main.go:3:8: no required module provides package github.com/x/y; to add it:", "go.module_missing", "no dependency has the package github.com/x/y", "main.go", 3},
		{`main.go:2:9: cannot find package "github.com/x/y" in any of:`, "go.no_module", "the program uses github.com/x/y, and there is no go.mod", "main.go", 2},
		{"go: github.com/n/p@v1.0.0: reading https://proxy.example.com/github.com/n/p/@v/v1.0.0.mod: 404 Not Found", "go.private_module", "github.com/n/p@v1.0.0 cannot be had: it is private, or there is no such version", "", 0},
		{"\tfatal: could not read Username for 'https://github.com': terminal prompts disabled", "go.private_module", "", "", 0},
		{`go: rsc.io/quote@v1.5.2: Get "http://127.0.0.1:1/rsc.io/quote/@v/v1.5.2.mod": dial tcp 127.0.0.1:1: connect: connection refused`, "go.proxy", "", "", 0},
		{`cgo: C compiler "gcc" not found: exec: "gcc": executable file not found in $PATH`, "go.cgo", "", "", 0},
		{"package x: build constraints exclude all Go files in /srv/app", "go.cgo", "", "", 0},
		{"main.go:4:12: pattern dist: no matching files found", "go.embed_missing", "the program embeds dist, which is not in the repository", "main.go", 4},
		{"go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)", "go.toolchain", "Go 1.99 is wanted, and this machine has Go 1.26.8", "", 0},
		{"/usr/local/go/pkg/tool/linux_amd64/compile: signal: killed", "go.oom", "", "", 0},
		{"go.mod:3: unknown directive: gob", "go.compile", "go.mod:3: unknown directive: gob", "go.mod", 3},
		{"./a b/main.go:4:26: undefined: thing", "go.compile", "a b/main.go:4: undefined: thing", "a b/main.go", 4},
		{"import cycle not allowed", "go.build_failed", "", "", 0},
	} {
		t.Run(tt.line, func(t *testing.T) {
			found := diagnose(&hooks.CommandError{Argv: []string{"go"}, Code: 1, Output: []string{"# example.com/x", tt.line, "\tmore"}}, "build")
			if len(found) != 1 || found[0].Code != tt.code || found[0].Hint == "" || found[0].File != tt.file || found[0].Line != tt.at {
				t.Fatalf("got %+v", found)
			}
			if tt.summary != "" && found[0].Summary != tt.summary {
				t.Errorf("got %q", found[0].Summary)
			}
		})
	}
}

func TestDiagnose_TellsTheFirstErrorsOfTheCompiler(t *testing.T) {
	output := []string{"# example.com/m1", "./main.go:3:37: not enough return values", "\thave (number)", "\twant (int, error)"}
	for i := range 20 {
		output = append(output, fmt.Sprintf("api/api.go:%d:1: undefined: x", i+1))
	}
	found := diagnose(&hooks.CommandError{Output: output}, "build")
	if len(found) != maxErrors || found[9].Line != 9 || found[1].Hint != "" {
		t.Fatalf("got %+v", found)
	}
	want := slot.Diagnostic{
		Severity: slot.SeverityError, Code: "go.compile", Summary: "main.go:3: not enough return values", File: "main.go", Line: 3,
		Detail: "./main.go:3:37: not enough return values\n\thave (number)\n\twant (int, error)", Hint: found[0].Hint,
	}
	if diff := cmp.Diff(want, found[0]); diff != "" || want.Hint == "" {
		t.Error(diff)
	}
}

func TestNewer_ComparesVersionsOfGo(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"1.27", "1.26.8", true},
		{"1.26.8", "1.26.8", false},
		{"1.26", "1.26.8", false},
		{"1.26.9", "1.26.8", true},
		{"1.26rc1", "1.26.0", false},
		{"1.99", "devel go1.27-3a5f", false},
		{"", "1.26", false},
	} {
		if got := newer(tt.a, tt.b); got != tt.want {
			t.Errorf("newer(%q, %q) is %v", tt.a, tt.b, got)
		}
	}
}
