package rust

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// The lines are what cargo 1.65 (Debian's) and 1.95, rustc, rustup 1.28 and the
// build scripts of openssl-sys, cc and pkg-config print.
func TestDiagnose_RecognisesKnownFailures(t *testing.T) {
	for _, tt := range []struct{ line, code, summary string }{
		{"error: toolchain '1.70.0-x86_64-unknown-linux-gnu' is not installed", "rust.toolchain_missing", "the app asks for the Rust toolchain 1.70.0, which is not installed"},
		{"error: rustup could not choose a version of cargo to run, because one wasn't specified explicitly, and no default is configured.", "rust.toolchain_missing", "rustup is installed, but no Rust"},
		{"  this version of Cargo is older than the `2024` edition, and only supports `2015`, `2018`, and `2021` editions.", "rust.version", "a package is of edition 2024, for which this machine's Rust is too old"},
		{"  feature `edition2024` is required", "rust.version", "a package is of edition 2024, for which this machine's Rust is too old"},
		{"  lock file version `4` was found, but this version of Cargo does not understand this lock file, perhaps Cargo needs to be updated?", "rust.version", "Cargo.lock has format 4, for which this machine's cargo is too old"},
		{"  t1@0.1.0 requires rustc 1.99", "rust.version", "t1@0.1.0 needs Rust 1.99, and this machine's is older"},
		{"error: package `time v0.3.47` cannot be built because it requires rustc 1.88.0 or newer, while the currently active rustc version is 1.65.0", "rust.version", "time v0.3.47 needs Rust 1.88.0, and this machine's is older"},
		{"error: cannot update the lock file /srv/app/Cargo.lock because --locked was passed to prevent this", "rust.lock_out_of_step", ""},
		{"error: the lock file /srv/app/Cargo.lock needs to be updated but --locked was passed to prevent this", "rust.lock_out_of_step", ""},
		{"error: linker `cc` not found", "rust.linker", "programs cannot be linked here: there is no cc"},
		{`  error occurred in cc-rs: failed to find tool "cc": No such file or directory (os error 2)`, "rust.linker", ""},
		{"  Could not find directory of OpenSSL installation, and this `-sys` crate cannot", "rust.openssl", ""},
		{"  The pkg-config command could not be found.", "rust.pkg_config", ""},
		{"  The system library `sqlite3` required by crate `libsqlite3-sys` was not found.", "rust.library", "libsqlite3-sys needs the library sqlite3, which is not installed"},
		{"  = note: rust-lld: error: unable to find library -lslotnosuch", "rust.library", "the library slotnosuch is not installed"},
		{"          /usr/bin/ld: cannot find -lpq: No such file or directory", "rust.library", "the library pq is not installed"},
		{"  Error: Custom { kind: NotFound, error: \"Could not find `protoc`. If `protoc` is installed, try setting the `PROTOC` environment variable\" }", "rust.protoc", ""},
		{"error: set `DATABASE_URL` to use query macros online, or run `cargo sqlx prepare` to update the query cache", "rust.sqlx", ""},
		{"error: no matching package named `slot-no-such-crate-x` found", "rust.crate_missing", "there is no crate slot-no-such-crate-x in the registry"},
		{"error: failed to select a version for the requirement `tiny_http = \"^99\"`", "rust.crate_version", "no version of the crate fits tiny_http = \"^99\""},
		{"error: failed to load manifest for workspace member `/srv/a/artefacts/3/src/crates/api`", "rust.member_missing", "the workspace names the member crates/api, which is not in the repository"},
		{"  [7] Could not connect to server (Failed to connect to 127.0.0.1 port 1 after 0 ms: Could not connect to server)", "rust.registry", ""},
		{"  failed to resolve address for github.com: Name or service not known; class=Net (12)", "rust.registry", ""},
		{"  failed to connect to 127.0.0.1: Connection refused; class=Os (2)", "rust.registry", ""},
		{"error: failed to run custom build command for `c15 v0.1.0 (/tmp/c15)`", "rust.build_script", "the build script of c15 v0.1.0 failed"},
		{"  process didn't exit successfully: `rustc --crate-name x` (signal: 9, SIGKILL: kill)", "rust.oom", ""},
		{"error: failed to write /srv/a: No space left on device (os error 28)", "rust.disk_full", ""},
		{"error: something new", "rust.build_failed", ""},
	} {
		t.Run(tt.line, func(t *testing.T) {
			found := diagnose(&hooks.CommandError{Argv: []string{"cargo"}, Code: 101, Output: []string{"   Compiling x v0.1.0", tt.line, "more"}}, "build")
			if len(found) != 1 || found[0].Code != tt.code || found[0].Hint == "" || found[0].Severity != slot.SeverityError {
				t.Fatalf("got %+v", found)
			}
			if tt.summary != "" && found[0].Summary != tt.summary {
				t.Errorf("got %q", found[0].Summary)
			}
		})
	}
}

func TestDiagnose_TellsACauseBeforeItsConsequence(t *testing.T) {
	found := diagnose(&hooks.CommandError{Output: []string{
		"error: failed to run custom build command for `openssl-sys v0.9.109`",
		"  Could not find directory of OpenSSL installation, and this `-sys` crate cannot",
	}}, "build")
	if len(found) != 1 || found[0].Code != "rust.openssl" {
		t.Errorf("got %+v", found)
	}
}

func TestDiagnose_TellsTheErrorsOfTheCompilerWithTheirPlaces(t *testing.T) {
	found := diagnose(&hooks.CommandError{Output: strings.Split(`   Compiling c1 v0.1.0 (/srv/c1)
warning: unused variable: `+"`y`"+`
 --> src/main.rs:9:9

error[E0308]: mismatched types
 --> src/main.rs:1:26
  |
1 | fn main() { let x: u32 = "a"; foo(); }
  |                    ---   ^^^ expected

error[E0432]: unresolved import `+"`serde`"+`
 --> api/src/lib.rs:3:5
  |
  = help: if you wanted to use a crate named `+"`serde`, use `cargo add serde` to add it to your `Cargo.toml`"+`

error: could not compile `+"`c1`"+` (bin "c1") due to 2 previous errors`, "\n")}, "build")
	want := []slot.Diagnostic{
		{
			Severity: slot.SeverityError, Code: "rust.compile", Summary: "src/main.rs:1: mismatched types", File: "src/main.rs", Line: 1,
			Hint: "cargo build shows the same on your machine; deploy again when it is quiet",
		},
		{
			Severity: slot.SeverityError, Code: "rust.crate_undeclared", Summary: "unresolved import `serde`", File: "api/src/lib.rs", Line: 3,
			Hint: "if serde is a crate: run cargo add serde, and commit Cargo.toml and Cargo.lock",
		},
	}
	for i := range found {
		if found[i].Detail == "" {
			t.Errorf("no detail in %+v", found[i])
		}
		found[i].Detail = ""
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
}

func TestVersions_Compare(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"1.96", "1.95.0", true}, {"1.95.0", "1.95", false}, {"1.95.1", "1.95.0", true},
		{"1.100", "1.95.0", true}, {"1.63", "1.95.0-nightly", false}, {"", "1.0", false}, {"stable", "1.0", false},
	} {
		if got := newer(tt.a, tt.b); got != tt.want {
			t.Errorf("newer(%q, %q) is %v", tt.a, tt.b, got)
		}
	}
	for _, tt := range []struct {
		have, channel string
		want          bool
	}{
		{"1.95.0", "stable", true}, {"1.97.0-nightly", "stable", false}, {"1.97.0-nightly", "nightly-2026-01-01", true},
		{"1.95.0", "1.95", true}, {"1.95.0", "1.9", false}, {"1.65.0", "1.70.0", false}, {"1.65.0", "nightly", false}, {"1.65.0", "my-fork", true},
	} {
		if got := fits(tt.have, tt.channel); got != tt.want {
			t.Errorf("fits(%q, %q) is %v", tt.have, tt.channel, got)
		}
	}
}
