package deno

import (
	"strings"
	"testing"

	"github.com/slot-paas/slot/hooks"
)

// The lines are what Deno 2.9 prints.
func TestDiagnose_RecognisesKnownFailures(t *testing.T) {
	for _, tt := range []struct{ output, code, summary string }{
		{"error: The lockfile is out of date. Run `deno install --frozen=false`, or rerun with `--frozen=false` to update it.", "deno.lock_out_of_sync", ""},
		{"error: Failed reading lockfile at '/srv/app/deno.lock'\n\nCaused by:\n    Unsupported lockfile version '99'. Try upgrading Deno or recreating the lockfile", "deno.lock_version", "deno.lock has version 99, which is too new for this machine's Deno"},
		{"error: Failed reading lockfile at '/srv/app/deno.lock'\n\nCaused by:\n    Failed parsing. Lockfile may be corrupt", "deno.lock_invalid", ""},
		{"error: Failed caching npm package 'hono@4.6.0'\n\nCaused by:\n    Tarball checksum did not match what was provided by npm registry for hono@4.6.0.", "deno.integrity", "hono@4.6.0 is not the one that deno.lock lists"},
		{"error: npm package 'nonesuch' does not exist.\n    at file:///srv/app/main.ts:1:15", "deno.package_missing", "main.ts:1: there is no npm package nonesuch"},
		{"error: Could not find npm package 'hono' matching '99'.", "deno.package_missing", "the npm package hono has no version 99"},
		{"error: JSR package manifest for '@std/path' failed to load. Import 'https://modules.example.com/@std/path/meta.json' failed.\n    at file:///srv/app/main.ts:1:15", "deno.unreachable", "main.ts:1: the package jsr:@std/path could not be fetched"},
		{"error: Import 'https://modules.example.com/foo' failed.\n    0: error sending request for url (https://modules.example.com/foo): client error (Connect): dns error: failed to lookup address information: Name or service not known\n    at file:///srv/app/lib/a.ts:3:15", "deno.unreachable", "lib/a.ts:3: https://modules.example.com/foo could not be fetched"},
		{"error: Failed loading http://127.0.0.1:1/hono for package \"hono\"\n    0: error sending request for url (http://127.0.0.1:1/hono): client error (Connect): tcp connect error: Connection refused (os error 111)", "deno.registry", ""},
		{"error: Module not found \"http://127.0.0.1:23406/none.ts\".\n    at file:///srv/app/main.ts:1:15", "deno.module_missing", "main.ts:1: http://127.0.0.1:23406/none.ts is not there any more"},
		{"error: Module not found \"file:///srv/app/nope.ts\".\n    at file:///srv/app/main.ts:1:15", "deno.module_missing", "main.ts:1: the module nope.ts is not in the repository"},
		{"error: Import \"hono\" not a dependency\n  hint: If you want to use the npm package, try running `deno add npm:hono`\n    at file:///srv/app/main.ts:1:15", "deno.import_unmapped", `main.ts:1: deno.json does not say what "hono" is`},
		{"error: SyntaxError: Expression expected\n  |\n1 | const a = ;\n  |           ~\n    at file:///srv/app/main.ts:1:11", "deno.syntax", "main.ts:1: Expression expected"},
		{"Check main.ts\nTS2322 [ERROR]: Type 'string' is not assignable to type 'number'.\nconst a: number = \"x\"; console.log(a)\n      ^\n    at file:///srv/app/main.ts:1:7\n\nerror: Type checking failed.", "deno.type", "main.ts:1: Type 'string' is not assignable to type 'number'. (TS2322)"},
		{"Task build nonesuch x\nnonesuch: command not found", "deno.command_missing", `the command "nonesuch" of a task is not installed`},
		{"Task not found: nope\nAvailable tasks:", "deno.task_missing", "deno.json has no task nope"},
		{"Killed", "deno.oom", ""},
		{"something else", "deno.install_failed", ""},
	} {
		t.Run(tt.output, func(t *testing.T) {
			failed := &hooks.CommandError{Argv: []string{"deno", "install"}, Code: 1, Output: strings.Split(tt.output, "\n")}
			found := diagnose(failed, "install", "/srv/app")
			if found[0].Code != tt.code || found[0].Hint == "" {
				t.Fatalf("got %+v", found)
			}
			if tt.summary != "" && found[0].Summary != tt.summary {
				t.Errorf("got %q", found[0].Summary)
			}
			if strings.Contains(tt.output, "file:///srv/app/main.ts:1") && (found[0].File != "main.ts" || found[0].Line != 1) {
				t.Errorf("got the place %s:%d", found[0].File, found[0].Line)
			}
		})
	}
}
