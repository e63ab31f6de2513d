package python

import (
	"errors"
	"os/exec"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// rules recognises what the installers print when they fail, the cause before
// its consequences. Sources: pip 22 to 25, uv 0.5 and newer, Poetry 1.8 and 2.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	return []hooks.Rule{
		rule(`ensurepip is not available|No module named (?:'?ensurepip|'?venv)`, "python.venv_missing",
			"this machine's Python cannot make virtual environments", "install its venv module: sudo apt-get install python3-venv"),
		rule(`externally-managed-environment`, "python.externally_managed",
			"pip refused to change the machine's own Python", "leave install unset, or install with the python of .venv: the release has an environment of its own"),
		rule(`No interpreter found for Python (\S+)`, "python.version_missing",
			"this machine has no Python $1", "install that version, or change what the app asks for (requires-python, .python-version)"),
		rule(`Current Python version \(([^)]+)\) is not allowed by the project \(([^)]+)\)`, "python.requires_python",
			"the app does not support this Python: $1 is not in $2", "install a Python that fits, or change what pyproject.toml asks for"),
		rule(`(?:NewConnectionError|error sending request for url|Failed to fetch: |All attempts to connect to|Temporary failure in name resolution|Connection refused|ReadTimeoutError|ConnectTimeoutError|dns error|SSLCertVerificationError)`, "python.index",
			"the package index could not be reached", "check the network, the proxy variables and pip's configuration, and deploy again"),
		rule(`requires a different Python: (\S+) not in '([^']+)'`, "python.requires_python",
			"a package does not support this Python: $1 is not in $2", "install a Python that fits, or another version of the package"),
		rule(`No matching distribution found for (\S+)`, "python.no_distribution",
			"there is no $1 for this Python in the package index", "check the name and the version; another version may support this Python"),
		rule(`Because (?:only )?(\S+) was not found in the package registry|Package (\S+ \([^)]+\)) not found\.`, "python.no_distribution",
			"there is no $1$2 in the package index", "check the name and the version; a mirror of the index may lack it"),
		rule(`No solution found when resolving|ResolutionImpossible|version solving failed|conflicting dependencies`, "python.conflict",
			"the dependencies exclude each other", "the lines above name them: loosen one of the versions"),
		rule(`The lockfile at .* needs to be updated|pyproject\.toml changed significantly since poetry\.lock|poetry\.lock is not up to date`, "python.lock_out_of_sync",
			"the lock file does not fit pyproject.toml", "run uv lock or poetry lock, and commit the lock file"),
		rule(`Failed to parse .(?:uv|poetry)\.lock|^(?:Expected|Invalid|Unexpected) .*\(at line \d+, column \d+\)$`, "python.lock_invalid",
			"the lock file cannot be read", "it may hold a conflict of a merge: delete it, run uv lock or poetry lock, and commit it"),
		rule(`fatal error: (\S+\.h): No such file or directory`, "python.headers",
			"a package has to be compiled, and the header $1 is missing", "install the headers (Python.h: sudo apt-get install python3-dev), or a version of the package with a ready-made wheel"),
		rule(`(pg_config|mysql_config|pkg-config)\S* (?:executable )?(?:is required|not found)|(pg_config) executable not found|Can not find valid pkg-config name`, "python.headers",
			"a package has to be compiled against a library that is not installed", "for psycopg2 name psycopg2-binary instead; for others install the library's -dev package"),
		rule(`(?:command|unable to execute) '?(?:\S*gcc|cc|g\+\+|clang)'? failed|error: (?:linker|Microsoft Visual|can't find Rust compiler)`, "python.compiler",
			"a package has to be compiled, and that failed", "install a compiler (sudo apt-get install build-essential python3-dev), or a version of the package with a ready-made wheel"),
		rule(`Could not open requirements file: .*'([^']+)'`, "python.file_missing",
			"a requirements file names $1, which is not in the repository", "commit it"),
		rule(`Invalid requirement: '?([^']+)`, "python.manifest_invalid",
			"a line of the requirements cannot be read: $1", "correct it: one package a line, such as flask==3.1.0"),
		rule(`DO NOT MATCH THE HASHES|hashes are required in --require-hashes mode`, "python.hashes",
			"the hashes in the requirements do not fit what was downloaded", "write the requirements again with hashes for every package, or without any"),
		rule(`No space left on device`, "python.disk", "the disk is full", "make room, and deploy again"),
		rule(`^Killed$`, "python.oom", "the installation ran out of memory", "use a version with a ready-made wheel, or a larger machine"),
	}
}

// explain turns the failure of a command into diagnostics: all but the first
// known cause are told, the first is returned as the build's failure.
func explain(b *hooks.Build, step string, err error) error {
	var failed *hooks.CommandError
	var program *exec.Error
	if errors.As(err, &program) && errors.Is(err, exec.ErrNotFound) {
		return hooks.Fail(slot.Diagnostic{
			Code: "python.pm_missing", Summary: "the app needs " + program.Name + ", which is not installed on this machine",
			Hint: "install it, or commit a requirements.txt",
		})
	}
	if !errors.As(err, &failed) {
		return err
	}
	if failed.Signal == "killed" {
		failed.Output = append(failed.Output, "Killed")
	}
	causes := hooks.Explain(rules(), failed.Output)
	if len(causes) == 0 {
		return hooks.Fail(slot.Diagnostic{
			Code: "python." + step + "_failed", Summary: err.Error(),
			Hint: "the last lines of its output say why; the same command fails the same way on your machine",
		})
	}
	for _, d := range causes[1:] {
		d.Severity = slot.SeverityWarning // the first cause is the headline
		b.Diagnose(d)
	}
	return hooks.Fail(causes[0])
}
