package ruby_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/hooks/ruby"
	"github.com/slot-paas/slot/slot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, ruby.New()) }

func TestConformance(t *testing.T) {
	hooktest.Need(t, "ruby")
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/script", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/rack-bare", Matches: true},
		hooktest.Fixture{Dir: "testdata/rails", Matches: true},
		hooktest.Fixture{Dir: "testdata/no-server", Matches: true},
		hooktest.Fixture{Dir: "testdata/tools-only", Matches: true},
		hooktest.Fixture{Dir: "testdata/bad-procfile", Matches: true},
		hooktest.Fixture{Dir: "testdata/page-with-tools"},
		hooktest.Fixture{Dir: "../static/testdata/page"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
		hooktest.Fixture{Dir: "../node/testdata/express"},
	)
}

// Each folder in testdata is an app; NAME.json beside it is what the hook
// thinks of it.
func TestDetect_AnswersAsTheGoldenFileOfEachApp(t *testing.T) {
	hooktest.Golden(t, ruby.New(), "testdata", *update)
}

func detect(t *testing.T, fixture string, overrides hooks.Overrides) hooks.Detection {
	t.Helper()
	return hooktest.Detect(t, ruby.New(), filepath.Join("testdata", fixture), overrides)
}

func TestDetect_TheUsersWordsAnswerWhatIsStarted(t *testing.T) {
	for name, o := range map[string]hooks.Overrides{
		"start":       {Start: "bundle exec itsi"},
		"static root": {StaticRoot: "site"},
	} {
		for _, fixture := range []string{"no-server", "tools-only", "page-with-tools"} {
			t.Run(name+" of "+fixture, func(t *testing.T) {
				d := detect(t, fixture, o)
				if !d.Matched {
					t.Error("not matched")
				}
				for _, g := range d.Diagnostics {
					if g.Severity == slot.SeverityError {
						t.Errorf("got %+v", g)
					}
				}
			})
		}
	}
}
