package node_test

import (
	"flag"
	"testing"

	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/hooks/node"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, node.New()) }

func TestConformance(t *testing.T) {
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/plain", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/build-only", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/entry-file", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/next", Matches: true},
		hooktest.Fixture{Dir: "testdata/broken-manifest", Matches: true},
		hooktest.Fixture{Dir: "testdata/workspace", Matches: true},
		hooktest.Fixture{Dir: "testdata/workspace/apps/web", Matches: true},
		hooktest.Fixture{Dir: "testdata/page-with-tools"},
		hooktest.Fixture{Dir: "testdata/page-with-script"},
		hooktest.Fixture{Dir: "../static/testdata/page"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
	)
}

// Each folder in testdata is an app; NAME.json beside it is what the hook
// thinks of it.
func TestDetect_AnswersAsTheGoldenFileOfEachApp(t *testing.T) {
	hooktest.Golden(t, node.New(), "testdata", *update)
}
