package bun_test

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
	"github.com/slot-paas/slot/hooks/bun"
	"github.com/slot-paas/slot/hooks/hooktest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { hooktest.Main(m, bun.New()) }

func TestConformance(t *testing.T) {
	if _, err := exec.LookPath("bun"); err != nil {
		if os.Getenv("SLOT_TEST_STRICT") == "1" {
			t.Fatal("the program bun is missing")
		}
		t.Skip("the program bun is missing")
	}
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
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "fuzz" {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			dir, err := filepath.Abs(filepath.Join("testdata", e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			d, err := bun.New().Detect(t.Context(), hooks.App{Slot: "a", SourceDir: dir, AppDir: dir})
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			encoder := json.NewEncoder(&got)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(d); err != nil {
				t.Fatal(err)
			}
			golden := dir + ".json"
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
