package rust_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/hooks/rust"
	"github.com/slot-paas/slot/slot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, rust.New()) }

func TestConformance(t *testing.T) {
	hooktest.Need(t, "cargo")
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/plain", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/workspace", Matches: true},
		hooktest.Fixture{Dir: "testdata/many-bins", Matches: true},
		hooktest.Fixture{Dir: "testdata/library", Matches: true},
		hooktest.Fixture{Dir: "testdata/broken-manifest", Matches: true},
		hooktest.Fixture{Dir: "../static/testdata/page"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
		hooktest.Fixture{Dir: "../node/testdata/express"},
	)
}

// Each folder in testdata is an app; NAME.json beside it is what the hook
// thinks of it.
func TestDetect_AnswersAsTheGoldenFileOfEachApp(t *testing.T) {
	hooktest.Golden(t, rust.New(), "testdata", *update)
}

func detect(t *testing.T, fixture string, overrides hooks.Overrides) hooks.Detection {
	t.Helper()
	return hooktest.Detect(t, rust.New(), filepath.Join("testdata", fixture), overrides)
}

func TestDetect_TheUsersWordsAnswerWhichProgram(t *testing.T) {
	for name, o := range map[string]hooks.Overrides{
		"start":         {Start: "target/release/api"},
		"build command": {Build: "cargo build --bin api"},
		"static root":   {StaticRoot: "site"},
		"no build":      {SkipBuild: true},
		"option":        {Options: map[string]string{"bin": "api"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := detect(t, "many-bins", o)
			for _, g := range d.Diagnostics {
				if g.Severity == slot.SeverityError {
					t.Errorf("got %+v", g)
				}
			}
			if o.Options == nil {
				return
			}
			if web := d.Preview.Web(); web == nil || web.Argv[0] != "target/release/api" {
				t.Errorf("got %+v", d.Preview)
			}
		})
	}
}

func TestDetect_NamesTheProgramsWhereTheOptionIsWrong(t *testing.T) {
	d := detect(t, "many-bins", hooks.Overrides{Options: map[string]string{"bin": "web"}})
	if len(d.Diagnostics) != 1 || d.Diagnostics[0].Summary != `there is no binary "web"; there are: api, worker` {
		t.Errorf("got %+v", d.Diagnostics)
	}
}
