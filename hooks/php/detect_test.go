package php_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/hooks/php"
	"github.com/slot-paas/slot/slot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, php.New()) }

func TestConformance(t *testing.T) {
	hooktest.Need(t, "php")
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/plain", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/laravel", Matches: true},
		hooktest.Fixture{Dir: "testdata/bad-manifest", Matches: true},
		hooktest.Fixture{Dir: "testdata/library", Matches: true},
		hooktest.Fixture{Dir: "testdata/page-with-tools"},
		hooktest.Fixture{Dir: "../static/testdata/page"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
		hooktest.Fixture{Dir: "../node/testdata/express"},
	)
}

// Each folder in testdata is an app; NAME.json beside it is what the hook
// thinks of it.
func TestDetect_AnswersAsTheGoldenFileOfEachApp(t *testing.T) {
	hooktest.Golden(t, php.New(), "testdata", *update)
}

func detect(t *testing.T, fixture string, overrides hooks.Overrides) hooks.Detection {
	t.Helper()
	return hooktest.Detect(t, php.New(), filepath.Join("testdata", fixture), overrides)
}

func TestDetect_TheUsersWordsAnswerWhatIsStarted(t *testing.T) {
	for name, o := range map[string]hooks.Overrides{
		"start":       {Start: "php artisan serve"},
		"static root": {StaticRoot: "site"},
	} {
		for _, fixture := range []string{"library", "page-with-tools"} {
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
