package python_test

import (
	"flag"
	"testing"

	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/hooks/python"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, python.New()) }

func TestConformance(t *testing.T) {
	hooktest.Need(t, "python3")
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/script", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/django", Matches: true},
		hooktest.Fixture{Dir: "testdata/pyproject-uv", Matches: true},
		hooktest.Fixture{Dir: "testdata/broken-pyproject", Matches: true},
		hooktest.Fixture{Dir: "testdata/no-app-object", Matches: true},
		hooktest.Fixture{Dir: "testdata/page-with-tools"},
		hooktest.Fixture{Dir: "testdata/page-with-script"},
		hooktest.Fixture{Dir: "testdata/tools-only"},
		hooktest.Fixture{Dir: "../static/testdata/page"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
	)
}

// Each folder in testdata is an app; NAME.json beside it is what the hook
// thinks of it.
func TestDetect_AnswersAsTheGoldenFileOfEachApp(t *testing.T) {
	hooktest.Golden(t, python.New(), "testdata", *update)
}
