package java_test

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/hooks/java"
	"github.com/slot-paas/slot/slot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, java.New()) }

func TestConformance(t *testing.T) {
	hooktest.Need(t, "javac")
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/single", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/maven", Matches: true},
		hooktest.Fixture{Dir: "testdata/gradle-kotlin", Matches: true},
		hooktest.Fixture{Dir: "testdata/modules-many", Matches: true},
		hooktest.Fixture{Dir: "testdata/broken-pom", Matches: true},
		hooktest.Fixture{Dir: "testdata/sources-only"},
		hooktest.Fixture{Dir: "../static/testdata/page"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
		hooktest.Fixture{Dir: "../node/testdata/express"},
	)
}

// Each folder in testdata is an app; NAME.json beside it is what the hook
// thinks of it.
func TestDetect_AnswersAsTheGoldenFileOfEachApp(t *testing.T) {
	hooktest.Golden(t, java.New(), "testdata", *update)
}

func detect(t *testing.T, fixture string, overrides hooks.Overrides) hooks.Detection {
	t.Helper()
	return hooktest.Detect(t, java.New(), filepath.Join("testdata", fixture), overrides)
}

func TestDetect_TheUsersWordsAnswerWhichProgram(t *testing.T) {
	for name, o := range map[string]hooks.Overrides{
		"start":       {Start: "java -jar model/target/model-1.0.jar"},
		"static root": {StaticRoot: "site"},
		"option":      {Options: map[string]string{"module": "web"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := detect(t, "modules-many", o)
			for _, g := range d.Diagnostics {
				if g.Severity == slot.SeverityError {
					t.Errorf("got %+v", g)
				}
			}
			if o.Options == nil {
				return
			}
			if web := d.Preview.Web(); web == nil || !strings.HasSuffix(web.Shell, "-jar web/target/web-1.0.jar") {
				t.Errorf("got %+v", d.Preview)
			}
		})
	}
}

func TestDetect_NamesTheModulesWhereTheOptionIsWrong(t *testing.T) {
	d := detect(t, "modules-many", hooks.Overrides{Options: map[string]string{"module": "api"}})
	if len(d.Diagnostics) != 1 || d.Diagnostics[0].Summary != `no module "api" has a program; there are: model, web` {
		t.Errorf("got %+v", d.Diagnostics)
	}
}
