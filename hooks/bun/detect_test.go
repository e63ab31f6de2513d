package bun_test

import (
	"flag"
	"testing"

	"github.com/slot-paas/slot/hooks/bun"
	"github.com/slot-paas/slot/hooks/hooktest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, bun.New()) }

func TestConformance(t *testing.T) {
	hooktest.Need(t, "bun")
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/plain", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/entry-only", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/broken-manifest", Matches: true},
		hooktest.Fixture{Dir: "testdata/no-script", Matches: true},
		hooktest.Fixture{Dir: "testdata/next"},
		hooktest.Fixture{Dir: "testdata/vite"},
		hooktest.Fixture{Dir: "testdata/node-start"},
		hooktest.Fixture{Dir: "testdata/not-bun"},
		hooktest.Fixture{Dir: "../static/testdata/page"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
		hooktest.Fixture{Dir: "../node/testdata/express"},
		hooktest.Fixture{Dir: "../node/testdata/next"},
	)
}

// Each folder in testdata is an app; NAME.json beside it is what the hook
// thinks of it.
func TestDetect_AnswersAsTheGoldenFileOfEachApp(t *testing.T) {
	hooktest.Golden(t, bun.New(), "testdata", *update)
}
