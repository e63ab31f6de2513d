// Package hooktest is the conformance suite that every hook must pass, for
// slot's own hooks and those of others. It starts the hook as a process of its
// own, as slot does, and speaks the contract with it; Run waits for all of
// them.
//
//	func TestMain(m *testing.M) { hooktest.Main(m, cobol.New()) }
//
//	func TestConformance(t *testing.T) {
//		hooktest.Run(t, "", hooktest.Fixture{Dir: "testdata/hello", Matches: true, Build: true})
//	}
package hooktest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/slot-paas/slot/hooks"
)

// Fixture is an app that the hook is asked about.
type Fixture struct {
	Dir     string // of the app; it is copied, never written to
	Matches bool   // the hook knows it
	Build   bool   // build it as well: only where that needs no network
}

// serveEnv makes the test binary serve the hook.
const serveEnv = "SLOT_HOOKTEST_SERVE"

// Main runs the tests, or serves h when Run started this test binary. It does
// not return.
func Main(m *testing.M, h hooks.Hook) {
	if os.Getenv(serveEnv) != "" {
		os.Exit(hooks.Serve(h))
	}
	os.Exit(m.Run())
}

// Run checks the hook that program serves; an empty program is this test
// binary, whose TestMain calls Main. At least one fixture must match.
func Run(t *testing.T, program string, fixtures ...Fixture) {
	t.Helper()
	if program == "" {
		var err error
		if program, err = os.Executable(); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("Describe", func(t *testing.T) { checkDescribe(t, program) })
	t.Run("Detect", func(t *testing.T) {
		checkForeign(t, program)
		for _, f := range fixtures {
			t.Run(filepath.Base(f.Dir), func(t *testing.T) { checkDetect(t, program, f) })
		}
	})
	t.Run("Build", func(t *testing.T) {
		for _, f := range fixtures {
			if f.Build {
				t.Run(filepath.Base(f.Dir), func(t *testing.T) { checkBuild(t, program, f) })
			}
		}
	})
	for _, f := range fixtures {
		if f.Matches {
			t.Run("Cancel", func(t *testing.T) { checkCancel(t, program, f) })
			return
		}
	}
	t.Error("no fixture is one that the hook knows")
}
