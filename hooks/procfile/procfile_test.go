package procfile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/hooks/procfile"
	"github.com/slot-paas/slot/slot"
)

func TestMain(m *testing.M) { hooktest.Main(m, procfile.New()) }

func TestConformance(t *testing.T) {
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/web", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/worker", Matches: true},
		hooktest.Fixture{Dir: "testdata/page"},
	)
}

func TestDetect_ReadsTheProcfile(t *testing.T) {
	for _, tt := range []struct {
		fixture, start string
		score          int
		code           string // of the diagnostic
		want           []slot.Process
	}{
		{"web", "", 30, "", []slot.Process{{Type: "web", Shell: "./serve --port $PORT"}, {Type: "worker", Shell: "./work"}}},
		{"worker", "", 10, "procfile.no_web", []slot.Process{{Type: "worker", Shell: "./work"}}},
		{"worker", "./serve", 10, "", []slot.Process{{Type: "worker", Shell: "./work"}}},
		{"page", "./serve", 10, "", nil},
	} {
		t.Run(tt.fixture+tt.start, func(t *testing.T) {
			app := hooks.App{AppDir: "testdata/" + tt.fixture, Overrides: hooks.Overrides{Start: tt.start}}
			d, err := procfile.New().Detect(t.Context(), app)
			if err != nil {
				t.Fatal(err)
			}
			code := ""
			if len(d.Diagnostics) > 0 {
				code = d.Diagnostics[0].Code
			}
			if diff := cmp.Diff(tt.want, d.Preview.Processes); diff != "" || d.Score != tt.score || code != tt.code {
				t.Errorf("score %d, code %q, %s", d.Score, code, diff)
			}
		})
	}
}
