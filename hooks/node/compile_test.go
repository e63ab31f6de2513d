package node

import (
	"fmt"
	"testing"
)

// The outputs are the tools' own, provoked and shortened.
func TestSourceErrors_ReadWhatCompilersSay(t *testing.T) {
	for _, tt := range []struct {
		name   string
		output []string
		want   string
	}{
		{"tsc", []string{"> tsc --noEmit", "src/main.ts(5,7): error TS2322: Type 'string' is not assignable to type 'number'."},
			"src/main.ts:5: Type 'string' is not assignable to type 'number'."},
		{"tsc with colours", []string{"\x1b[96msrc/main.ts\x1b[0m:\x1b[93m2\x1b[0m:\x1b[93m7\x1b[0m - \x1b[91merror\x1b[0m\x1b[90m TS2322: \x1b[0mType 'string' is wrong."},
			"src/main.ts:2: Type 'string' is wrong."},
		{"next", []string{"Error: Turbopack build failed with 1 error:", "./app/page.js:7:9", "Error: Expected ',', got '{'", "  \x1b[90m 5 |\x1b[0m"},
			"app/page.js:7: Expected ',', got '{'"},
		{"next's types", []string{"Failed to compile.", "", "./app/[id]/page.tsx:3:9", "Type error: Type 'string' is wrong."},
			"app/[id]/page.tsx:3: Type error: Type 'string' is wrong."},
		{"vite 8", []string{"\x1b[31m[builtin:vite-transform] \x1b[0mUnexpected token", "   \x1b[38;5;246m╭\x1b[0m\x1b[38;5;246m─\x1b[0m\x1b[38;5;246m[\x1b[0m src/main.ts:1:12 \x1b[38;5;246m]\x1b[0m"},
			"src/main.ts:1: Unexpected token"},
		{"esbuild", []string{"✘ [ERROR] Unexpected \";\"", "", "    src/main.ts:1:11:", "      1 │ const a = (;"},
			"src/main.ts:1: Unexpected \";\""},
		{"esbuild within vite", []string{"/app/src/main.ts:1:11: ERROR: Unexpected \";\""}, "src/main.ts:1: Unexpected \";\""},
		{"react-scripts", []string{"[eslint] ", "src/App.js", "Syntax error: Unexpected token (1:11) (1:11)"}, "src/App.js:1: Unexpected token"},
		{"a stack trace", []string{"    at viteLog (file:///app/node_modules/vite/dist/node.js:34880:57)", "node_modules/x/y.js:3:4", "Error: no"}, ""},
		{"a good build", []string{"dist/assets/index.js  1.36 kB", "built at 24:15:39", "✓ built in 92ms"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := sourceErrors(plain(tt.output, "/app"))
			got := ""
			if len(found) > 0 {
				got = found[0].Summary
			}
			if got != tt.want || len(found) > 0 && (found[0].File == "" || found[0].Line == 0) {
				t.Errorf("got %+v, want %q", found, tt.want)
			}
		})
	}
}

func TestSourceErrors_AreBounded(t *testing.T) {
	var output []string
	for i := range 100 {
		output = append(output, fmt.Sprintf("src/a.ts(%d,1): error TS1: no", i+1))
	}
	if found := sourceErrors(output); len(found) != maxErrors {
		t.Errorf("got %d", len(found))
	}
}
