package golang_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/golang"
	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/slot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, golang.New()) }

func TestConformance(t *testing.T) {
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/plain", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/workspace", Matches: true},
		hooktest.Fixture{Dir: "testdata/cmd-many", Matches: true},
		hooktest.Fixture{Dir: "testdata/library", Matches: true},
		hooktest.Fixture{Dir: "../static/testdata/page"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
		hooktest.Fixture{Dir: "../node/testdata/express"},
	)
}

// Each folder in testdata is an app; NAME.json beside it is what the hook
// thinks of it.
func TestDetect_AnswersAsTheGoldenFileOfEachApp(t *testing.T) {
	hooktest.Golden(t, golang.New(), "testdata", *update)
}

func detect(t *testing.T, fixture string, overrides hooks.Overrides) hooks.Detection {
	t.Helper()
	return hooktest.Detect(t, golang.New(), filepath.Join("testdata", fixture), overrides)
}

func TestDetect_TheUsersWordsAnswerWhichProgram(t *testing.T) {
	for name, o := range map[string]hooks.Overrides{
		"start":         {Start: "bin/api"},
		"build command": {Build: "go build -o app ./cmd/api"},
		"static root":   {StaticRoot: "site"},
		"no build":      {SkipBuild: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := detect(t, "cmd-many", o)
			for _, g := range d.Diagnostics {
				if g.Severity == slot.SeverityError {
					t.Errorf("got %+v", g)
				}
			}
		})
	}
}
