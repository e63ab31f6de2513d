package java_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/hooks/java"
	"github.com/slot-paas/slot/slot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, java.New()) }

func TestConformance(t *testing.T) {
	if _, err := exec.LookPath("javac"); err != nil {
		if os.Getenv("SLOT_TEST_STRICT") == "1" {
			t.Fatal("the program javac is missing")
		}
		t.Skip("the program javac is missing")
	}
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
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			golden := filepath.Join("testdata", e.Name()+".json")
			var got strings.Builder
			encoder := json.NewEncoder(&got)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(detect(t, e.Name(), hooks.Overrides{})); err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func detect(t *testing.T, fixture string, overrides hooks.Overrides) hooks.Detection {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("testdata", fixture))
	if err != nil {
		t.Fatal(err)
	}
	d, err := java.New().Detect(t.Context(), hooks.App{Slot: "a", SourceDir: dir, AppDir: dir, Overrides: overrides})
	if err != nil {
		t.Fatal(err)
	}
	return d
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
