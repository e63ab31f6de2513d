package python

import (
	"testing"

	"github.com/slot-paas/slot/hooks"
)

func TestRules_KnowWhatInstallersPrint(t *testing.T) {
	for _, tt := range []struct{ name, line, code string }{
		{"no such version", "ERROR: No matching distribution found for flask==99", "python.no_distribution"},
		{"system Python", "error: externally-managed-environment", "python.externally_managed"},
		{"no venv module", "The virtual environment was not created successfully because ensurepip is not available.", "python.venv_missing"},
		{"wrong Python", "ERROR: Package 'x' requires a different Python: 3.11.7 not in '>=3.12'", "python.requires_python"},
		{"headers of Python", "x.c:1:10: fatal error: Python.h: No such file or directory", "python.headers"},
		{"library of PostgreSQL", "Error: pg_config executable not found.", "python.headers"},
		{"library of MySQL", "Exception: Can not find valid pkg-config name.", "python.headers"},
		{"no compiler", "error: command 'gcc' failed: No such file or directory", "python.compiler"},
		{"conflict", "ERROR: ResolutionImpossible: for help visit", "python.conflict"},
		{"conflict for uv", "  × No solution found when resolving dependencies:", "python.conflict"},
		{"lock of uv", "The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.", "python.lock_out_of_sync"},
		{"lock of Poetry", "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.", "python.lock_out_of_sync"},
		{"lock of uv, torn", "error: Failed to parse `uv.lock`", "python.lock_invalid"},
		{"lock of Poetry, torn", "Expected '=' after a key in a key/value pair (at line 1, column 8)", "python.lock_invalid"},
		{"lock of Poetry, in conflict", "Invalid statement (at line 1, column 1)", "python.lock_invalid"},
		{"no such package for uv", "  cause: Because nonesuch was not found in the package registry and your project depends on nonesuch, we can conclude", "python.no_distribution"},
		{"no such version for Poetry", "Package itsdangerous (2.2.0) not found.", "python.no_distribution"},
		{"no such Python for uv", "error: No interpreter found for Python 3.99 in managed installations or search path", "python.version_missing"},
		{"wrong Python for Poetry", "Current Python version (3.11.7) is not allowed by the project (>=3.13,<4.0).", "python.requires_python"},
		{"network of uv", "  cause: error sending request for url (http://127.0.0.1:1/simple/ruff/)", "python.index"},
		{"network of Poetry", "All attempts to connect to 127.0.0.1:1 failed.", "python.index"},
		{"included file", "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'base.txt'", "python.file_missing"},
		{"hash", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "python.hashes"},
		{"network", "WARNING: Retrying after connection broken by 'NewConnectionError(…)'", "python.index"},
		{"memory", "Killed", "python.oom"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := hooks.Explain(rules(), []string{"Collecting x", tt.line})
			if len(found) != 1 || found[0].Code != tt.code || found[0].Hint == "" {
				t.Errorf("got %+v", found)
			}
		})
	}
}
