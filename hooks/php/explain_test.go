package php

import (
	"testing"

	"github.com/slot-paas/slot/hooks"
)

// The lines are what Composer 2.5 prints, but for those that say otherwise.
func TestDiagnose_RecognisesKnownFailures(t *testing.T) {
	for _, tt := range []struct{ line, code, summary string }{
		{`- Required package "acme/b" is not present in the lock file.`, "php.lock_out_of_sync", "composer.lock does not fit composer.json: acme/b"},
		{`- Required package "acme/b" is in the lock file as "1.0.0" but that does not satisfy your constraint "^2".`, "php.lock_out_of_sync", ""},
		{"    - acme/a 1.0.0 requires php >=9 -> your php version (8.2.36) does not satisfy that requirement.", "php.version",
			"a package asks for PHP >=9, and this machine has 8.2.36"},
		{"    - acme/c 1.0.0 requires ext-redis * -> it is missing from your system. Install or enable PHP's redis extension.", "php.extension",
			"a package needs the PHP extension redis, which this machine does not have"},
		{`  The "https://repo.example.com/packages.json" file could not be downloaded: php_network_getaddresses: getaddrinfo for repo.example.com failed: Name or service not known  `,
			"php.source_unreachable", "the packages could not be fetched: https://repo.example.com/packages.json cannot be reached"},
		{"  curl error 7 while downloading https://repo.example.com/packages.json: Failed to connect to repo.example.com port 443", // with the extension curl
			"php.source_unreachable", "the packages could not be fetched: https://repo.example.com/packages.json cannot be reached"},
		{"  fatal: unable to access 'https://127.0.0.1:1/x.git/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
			"php.source_unreachable", "the packages could not be fetched: https://127.0.0.1:1/x.git/ cannot be reached"},
		{`  The "https://repo.example.com/a.zip" file could not be downloaded (HTTP/1.1 403 Forbidden)`, "php.source_login", "https://repo.example.com/a.zip wants a login"},
		{"    - Root composer.json requires acme/zz, it could not be found in any version, there may be a typo in the package name.", "php.package_missing",
			"there is no package acme/zz"},
		{"    - Root composer.json requires acme/b ^3, found acme/b[1.0.0] but it does not match the constraint.", "php.package_missing", "there is no package acme/b ^3"},
		{"  acme/p contains a Composer plugin which is blocked by your allow-plugins config. You may add it to the list if you consider it safe.", "php.plugin_blocked",
			"acme/p is a plugin of Composer that the app does not allow"},
		{"    - The zip extension and unzip/7z commands are both missing, skipping.", "php.unzip", ""},
		{"Script exit 3 handling the post-install-cmd event returned with error code 3", "php.script_failed", `the app's script "exit 3" failed, at Composer's post-install-cmd`},
		{"Your requirements could not be resolved to an installable set of packages.", "php.conflict", ""},
		{"PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)", "php.oom", ""},
		{"Killed", "php.oom", ""},
		{"No space left on device", "php.disk_full", ""},
		{`Parse error: syntax error, unexpected identifier "foo", expecting "," or ";" in public/index.php on line 3`, "php.syntax",
			`public/index.php:3: syntax error, unexpected identifier "foo", expecting "," or ";"`},
		{"Something else", "php.install_failed", `"composer install" ended with code 1`},
	} {
		t.Run(tt.line, func(t *testing.T) {
			found := diagnose(&hooks.CommandError{Argv: []string{"composer", "install"}, Code: 1, Output: []string{"Updating dependencies", tt.line, "  Problem 1"}}, "install")
			if len(found) != 1 || found[0].Code != tt.code || found[0].Hint == "" {
				t.Fatalf("got %+v", found)
			}
			if tt.summary != "" && found[0].Summary != tt.summary {
				t.Errorf("got %q", found[0].Summary)
			}
		})
	}
}

func TestDiagnose_LeavesOutWhatComposerAlwaysSays(t *testing.T) {
	found := diagnose(&hooks.CommandError{Output: []string{
		"Your requirements could not be resolved to an installable set of packages.",
		"    - acme/c 1.0.0 requires ext-redis * -> it is missing from your system. Install or enable PHP's redis extension.",
	}}, "install")
	if len(found) != 1 || found[0].Code != "php.extension" {
		t.Errorf("got %+v", found)
	}
}
