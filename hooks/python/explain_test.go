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
