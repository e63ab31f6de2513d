package bun

import (
	"strings"
	"testing"

	"github.com/slot-paas/slot/hooks"
)

// The lines are what Bun 1.4 prints.
func TestDiagnose_RecognisesKnownFailures(t *testing.T) {
	for _, tt := range []struct {
		output, code, summary string
		causes                int
	}{
		{"error: GET https://npm.example.com/nonesuch - 404\nerror: nonesuch@1 failed to resolve", "bun.package_missing", "there is no package nonesuch in the registry", 1},
		{"error: No version matching \"99\" found for specifier \"hono\" (but package exists)\nerror: hono@99 failed to resolve", "bun.package_missing", "the package hono has no version 99", 1},
		{"error: lockfile had changes, but lockfile is frozen\nnote: dependencies in package.json changed since bun.lock was saved: hono changed from 4.6.0 to 4.6.1", "bun.lock_out_of_sync", "bun.lock does not fit package.json: hono changed from 4.6.0 to 4.6.1", 1},
		{"error: Integrity check failed for tarball: hono\nerror: IntegrityCheckFailed extracting tarball from hono", "bun.integrity", "hono is not the one that bun.lock lists", 1},
		{"error: ConnectionRefused downloading package manifest hono\nerror: hono@4.6.0 failed to resolve", "bun.registry", "", 1},
		{"ParserError: failed to parse lockfile: 'bun.lock'\n\nwarn: Ignoring lockfile\nerror: lockfile had changes, but lockfile is frozen", "bun.lock_invalid", "", 2},
		{"error: Unsupported lockfile version 99. This lockfile was likely created by a newer version of Bun. (This is Bun v1.4.5, which supports lockfile versions up to 3.)", "bun.lock_version", "bun.lock has version 99, which is too new for this machine's Bun", 1},
		{"$ exit 3\nerror: postinstall script from \"\" exited with 3", "bun.script_failed", "the postinstall script of a package ended with code 3", 1},
		{"$ nonesuch x\n/usr/bin/bash: line 1: nonesuch: command not found\nerror: script \"build\" exited with code 127", "bun.command_missing", `the command "nonesuch" is not installed`, 1},
		{"bun: command not found: nonesuch\nerror: script \"build\" exited with code 127", "bun.command_missing", `the command "nonesuch" is not installed`, 1},
		{"1 | const a = ;\n              ^\nerror: Unexpected ;\n    at /srv/app/src/index.ts:1:11", "bun.syntax", "src/index.ts:1: Unexpected ;", 1},
		{"1 | import \"./nope\";\n           ^\nerror: Could not resolve: \"./nope\"\n    at /srv/app/src/index.ts:1:8", "bun.syntax", `src/index.ts:1: Could not resolve: "./nope"`, 1},
		{"Killed", "bun.oom", "", 1},
		{"something else", "bun.check_failed", "", 1},
	} {
		t.Run(tt.output, func(t *testing.T) {
			failed := &hooks.CommandError{Argv: []string{"bun", "install"}, Code: 1, Output: strings.Split(tt.output, "\n")}
			found := diagnose(failed, "check", "/srv/app")
			if len(found) != tt.causes || found[0].Code != tt.code || found[0].Hint == "" {
				t.Fatalf("got %+v", found)
			}
			if tt.summary != "" && found[0].Summary != tt.summary {
				t.Errorf("got %q", found[0].Summary)
			}
		})
	}
}

// What the bundler does not find in packages, in pages, or outside of the app
// may be there when Bun runs it.
func TestMistakes_AreThoseOfTheAppsOwnScripts(t *testing.T) {
	for _, output := range []string{
		"error: Could not resolve: \"tailwindcss\"\n    at /srv/app/src/page.ts:1:8",
		"error: Unexpected ;\n    at /srv/app/node_modules/x/index.js:1:8",
		"error: Unexpected ;\n    at /srv/app/page.html:1:8",
		"error: Unexpected ;\n    at /usr/lib/x.js:1:8",
		"error: BundleFailed",
	} {
		if found := mistakes(strings.Split(output, "\n"), "/srv/app"); len(found) > 0 {
			t.Errorf("%q gave %+v", output, found)
		}
	}
}
