package static_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/hooktest"
	"github.com/slot-paas/slot/hooks/static"
	"github.com/slot-paas/slot/slot"
)

func TestMain(m *testing.M) { hooktest.Main(m, static.New()) }

func TestConformance(t *testing.T) {
	hooktest.Run(t, "",
		hooktest.Fixture{Dir: "testdata/page", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/public", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/staticfile", Matches: true, Build: true},
		hooktest.Fixture{Dir: "testdata/python"},
		hooktest.Fixture{Dir: "../procfile/testdata/web"},
	)
}

func detect(t *testing.T, fixture string, overrides hooks.Overrides) hooks.Detection {
	t.Helper()
	d, err := static.New().Detect(t.Context(), hooks.App{AppDir: "testdata/" + fixture, Overrides: overrides})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDetect_FindsTheFolderToServe(t *testing.T) {
	for _, tt := range []struct {
		fixture   string
		overrides hooks.Overrides
		want      slot.StaticSite
		score     int
	}{
		{"page", hooks.Overrides{}, slot.StaticSite{Root: "."}, 20},
		{"public", hooks.Overrides{}, slot.StaticSite{Root: "public", NotFound: "404.html"}, 20},
		{"staticfile", hooks.Overrides{}, slot.StaticSite{Root: "site"}, 90},
		{"python", hooks.Overrides{StaticRoot: "made/"}, slot.StaticSite{Root: "made"}, 10},
	} {
		t.Run(tt.fixture, func(t *testing.T) {
			d := detect(t, tt.fixture, tt.overrides)
			if diff := cmp.Diff(&tt.want, d.Preview.Static); diff != "" || d.Score != tt.score {
				t.Errorf("score %d, %s", d.Score, diff)
			}
		})
	}
}

func TestNoIndex_NamesTheFoldersThatHaveOne(t *testing.T) {
	files, err := hooks.OpenFiles("testdata")
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	d := hooks.NoIndex(files, "dist")
	if d.Code != "static.no_index" || d.Detail != "folders seen: page, public, python, staticfile" || d.Hint != "set static_root to page, which has one" {
		t.Errorf("got %+v", d)
	}
}
