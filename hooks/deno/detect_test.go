package deno_test

import (
	"flag"
	"testing"

	"github.com/slot-paas/slot/hooks/deno"
	"github.com/slot-paas/slot/hooks/hooktest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, deno.New()) }

func TestConformance(t *testing.T) {
	hooktest.Need(t, "deno")
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/plain", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/entry-only", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/no-start", Matches: true},
		hooktest.Fixture{Dir: "testdata/broken-config", Matches: true},
		hooktest.Fixture{Dir: "testdata/fresh2", Matches: true},
		hooktest.Fixture{Dir: "testdata/site", Matches: true},
		hooktest.Fixture{Dir: "testdata/tool-of-node"},
		hooktest.Fixture{Dir: "testdata/page-with-tools"},
		hooktest.Fixture{Dir: "testdata/node-server"},
		hooktest.Fixture{Dir: "../static/testdata/page"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
		hooktest.Fixture{Dir: "../node/testdata/express"},
		hooktest.Fixture{Dir: "../node/testdata/next"},
	)
}

// Each folder in testdata is an app; NAME.json beside it is what the hook
// thinks of it.
func TestDetect_AnswersAsTheGoldenFileOfEachApp(t *testing.T) {
	hooktest.Golden(t, deno.New(), "testdata", *update)
}
