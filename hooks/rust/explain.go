package rust

import (
	"errors"
	"os/exec"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const installPackage = "; then deploy again"

// rules recognises what cargo, rustc and build scripts print when they fail,
// the cause before its consequences. Sources: cargo 1.65 and 1.95, rustup 1.28.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	return []hooks.Rule{
		rule(`signal: 9, SIGKILL|terminated with signal 9|^Killed$|cannot allocate memory|Cannot allocate memory`, "rust.oom", "the build ran out of memory",
			"stop an app for the build, give the machine more memory, or set CARGO_BUILD_JOBS=1 in front of build.command"),
		rule(`No space left on device`, "rust.disk_full", "the disk is full", "remove what is not needed; df -h shows which disk it is"),
		rule(`toolchain '([^']+?)(?:-(?:x86_64|aarch64)-[a-z0-9-]+)?' is not installed`, "rust.toolchain_missing",
			"the app asks for the Rust toolchain $1, which is not installed", "run rustup toolchain install $1, or change the file rust-toolchain"),
		rule(`rustup could not choose a version|no default is configured|no default toolchain`, "rust.toolchain_missing",
			"rustup is installed, but no Rust", "run rustup default stable"),
		rule("older than the `(\\d+)` edition|feature `edition(\\d+)` is required", "rust.version",
			"a package is of edition $1$2, for which this machine's Rust is too old", newerRust),
		rule("lock file version `?(\\d+)`?(?: was found| requires)", "rust.version",
			"Cargo.lock has format $1, for which this machine's cargo is too old", newerRust),
		rule(`^\s+(\S+@\S+) requires rustc (\S+)`, "rust.version", "$1 needs Rust $2, and this machine's is older",
			newerRust+"; or name an older version of the package with cargo update --precise"),
		rule("package `([^`]+)` cannot be built because it requires rustc (\\S+)", "rust.version", "$1 needs Rust $2, and this machine's is older",
			newerRust+"; or name an older version of the package with cargo update --precise"),
		rule(`lock file .* needs to be updated but --locked|cannot update the lock file`, "rust.lock_out_of_step",
			"Cargo.lock does not fit Cargo.toml", "run cargo build and commit Cargo.lock"),
		rule("linker `([^`]+)` not found", "rust.linker", "programs cannot be linked here: there is no $1", linkerHint+installPackage),
		rule("failed to find tool \"(?:cc|c\\+\\+|gcc|g\\+\\+|clang)\"|is `?(?:cc|c\\+\\+|gcc|g\\+\\+)`? (?:not )?installed\\?", "rust.linker",
			"a dependency has C code, and this machine has no C compiler", linkerHint+installPackage),
		rule(`Could not find directory of OpenSSL installation|openssl-sys.*could not be found`, "rust.openssl",
			"a dependency needs OpenSSL's headers", "apt-get install libssl-dev pkg-config"+installPackage+"; or use the dependency with its feature rustls"),
		rule("(?i)pkg-config (?:command )?could not be (?:found|run)|Could not run .*pkg-config", "rust.pkg_config",
			"a dependency looks for a library of the machine, and pkg-config is missing", "apt-get install pkg-config"+installPackage),
		rule("The system library `([^`]+)` required by crate `([^`]+)` was not found", "rust.library",
			"$2 needs the library $1, which is not installed", "install its headers; for most that is apt-get install lib$1-dev, or $1-dev"),
		rule(`unable to find library -l(\S+)|cannot find -l([^\s:]+)`, "rust.library",
			"the library $1$2 is not installed", "install its headers; for most that is apt-get install lib$1$2-dev"),
		rule("(?i)could not find `?protoc`?", "rust.protoc", "a dependency needs protoc", "apt-get install protobuf-compiler"+installPackage),
		rule("is `?cmake`? not installed|failed to execute command.*cmake", "rust.cmake", "a dependency needs cmake", "apt-get install cmake"+installPackage),
		rule("set `DATABASE_URL` to use query macros online", "rust.sqlx", "sqlx checks the queries against a database, and there is none in a build",
			"run cargo sqlx prepare and commit the folder .sqlx"),
		rule("no matching package named `([^`]+)` found", "rust.crate_missing", "there is no crate $1 in the registry", "correct its name in Cargo.toml"),
		rule("failed to select a version for the requirement `([^`]+)`", "rust.crate_version", "no version of the crate fits $1", "correct it in Cargo.toml; cargo info shows the versions there are"),
		rule("failed to load manifest for workspace member (?:`[^`]*/src/|`)([^`]+)`", "rust.member_missing", "the workspace names the member $1, which is not in the repository", "commit it, or take it out of members"),
		rule("failed to (?:resolve address|connect)|Could not (?:connect|resolve)|network failure|spurious network error|timed out|SSL (?:certificate|connect)|\\[(?:6|7|28|35|60)\\] ",
			"rust.registry", "the registry or a dependency's repository could not be reached", "check the network, the proxy variables and cargo's configuration, and deploy again"),
		rule(`failed to authenticate|authentication required|no authentication|Permission denied \(publickey`, "rust.private",
			"a private dependency could not be read", "cargo login or git's credentials of your user are used: check that cargo fetch works in a shell"),
		rule("failed to run custom build command for `([^`]+?)(?: \\([^`]*)?`", "rust.build_script", "the build script of $1 failed", "its output is above: most want a library or a tool of the machine"),
	}
}

// explain tells the diagnostics of a failed cargo command: the known causes,
// else the compiler's errors.
func explain(b *hooks.Build, step string, err error) error {
	var failed *hooks.CommandError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return missing()
	case !errors.As(err, &failed):
		return err
	case failed.Signal == "killed":
		failed.Output = append(failed.Output, "Killed")
	}
	for _, d := range diagnose(failed, step) {
		b.Diagnose(d)
	}
	return err
}

// diagnose finds at least one cause. Of the known ones the first is told: what
// follows it is a consequence.
func diagnose(failed *hooks.CommandError, step string) []slot.Diagnostic {
	if found := hooks.Explain(rules(), failed.Output); len(found) > 0 {
		return found[:1]
	}
	if found := compileErrors(failed.Output); len(found) > 0 {
		return found
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityError, Code: "rust." + step + "_failed", Summary: failed.Error(),
		Hint: "the last lines of its output say why; the same command fails the same way on your machine",
	}}
}
