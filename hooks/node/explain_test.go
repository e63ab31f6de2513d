package node

import (
	"testing"

	"github.com/slot-paas/slot/hooks"
)

func TestRules_RecogniseKnownFailures(t *testing.T) {
	for _, tt := range []struct{ line, code, summary string }{
		{"sh: 1: vite: not found", "node.bin_not_found", `the command "vite" is not installed`},
		{"sh: line 1: @scope/tool: command not found", "node.bin_not_found", `the command "@scope/tool" is not installed`},
		{"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "node.oom", ""},
		{"  ╰─▶ Ignored build scripts: better-sqlite3@12.11.1, esbuild@0.28.2", "node.builds_ignored", "pnpm does not run the install scripts of better-sqlite3@12.11.1, esbuild@0.28.2 without being told so"},
		{"npm error gyp ERR! find Python", "node.native_build", ""},
		{" ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with \"frozen-lockfile\"", "node.lock_out_of_sync", ""},
		{"error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.", "node.lock_out_of_sync", ""},
		{"npm error code ETARGET", "node.package_missing", ""},
		{"npm error code EAI_AGAIN", "node.registry", ""},
		{"npm error code EBADENGINE", "node.engine", ""},
		{"Error: [vite]: Rolldown failed to resolve import \"no-such-package\" from \"/app/src/main.ts\".", "node.dependency_missing", "the build uses no-such-package, which is not installed"},
		{"Error: Module not found: Can't resolve '@acme/ui/button'", "node.dependency_missing", "the build uses @acme/ui, which is not installed"},
		{"src/main.ts:1:15 - error TS2307: Cannot find module 'no-such-package' or its corresponding type declarations.", "node.dependency_missing", ""},
		{"Error: Module not found: Can't resolve './Nope'", "node.file_missing", "the build imports ./Nope, which is not in the repository"},
		{"Error: Module not found: Can't resolve '@/lib/db'", "node.file_missing", ""},
		{"Failed to fetch `Geist Mono` from Google Fonts.", "node.fonts", ""},
		{"Vite requires Node.js version 20.19+ or 22.12+. Please upgrade your Node.js version.", "node.engine", ""},
		{"You are using Node.js 18.17.0. For Next.js, Node.js version \">=20.9.0\" is required.", "node.engine", ""},
		{"Error: self-signed certificate in certificate chain", "node.certificate", ""},
		{"Error: EACCES: permission denied, open '/x/node_modules/y/z.js'", "node.modules_read_only", ""},
	} {
		t.Run(tt.line, func(t *testing.T) {
			found := hooks.Explain(rules(), []string{"some line", tt.line, "another"})
			if len(found) != 1 || found[0].Code != tt.code || found[0].Hint == "" || found[0].Detail == "" {
				t.Fatalf("got %+v", found)
			}
			if tt.summary != "" && found[0].Summary != tt.summary {
				t.Errorf("got %q", found[0].Summary)
			}
		})
	}
	if found := hooks.Explain(rules(), []string{"added 66 packages in 1s", "npm warn deprecated x", "npm warn EBADENGINE Unsupported engine {"}); len(found) > 0 {
		t.Errorf("got %+v for output of a good install", found)
	}
}

func FuzzParseManifest(f *testing.F) {
	for _, seed := range []string{`{"scripts":{"start":"node x"}}`, `{"scripts":[1],"engines":"x","main":{}}`, "[]", "{,}", "null", "\uFEFF{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(data)
		if err == nil {
			m.installs()
			m.uses("next")
		}
	})
}
