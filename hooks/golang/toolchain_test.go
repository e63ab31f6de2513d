package golang

import (
	"slices"
	"testing"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

func TestCheckVersion_TheSlotsWordWins(t *testing.T) {
	for _, tt := range []struct {
		name, chosen, env string
		fetched           string // GOTOOLCHAIN of the build
		fails             bool
	}{
		{"the machine's own", "1.26.8", "", "local", false},
		{"its line", "1.26", "", "local", false},
		{"another whole version", "1.25.3", "", "go1.25.3", false},
		{"a newer whole version", "1.27.0", "", "go1.27.0", false},
		{"an older line", "1.22", "", "local", false},
		{"a newer line", "1.27", "", "local", true},
		{"a range", ">=1.22", "", "local", true},
		{"no download", "1.27.0", "local", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("GOTOOLCHAIN", tt.env)
			in := hooks.App{AppDir: "testdata/plain", SourceDir: "testdata/plain", Overrides: hooks.Overrides{Versions: map[string]string{"go": tt.chosen}}}
			files, err := hooks.OpenFiles(in.AppDir)
			if err != nil {
				t.Fatal(err)
			}
			defer files.Close()
			a, err := read(files, in)
			if err != nil || a.version.Requested != tt.chosen || a.version.Source != "the slot's versions" {
				t.Fatalf("got %+v, %v", a.version, err)
			}
			a.version.Resolved = "1.26.8"
			told := a.judgeChosen(tt.env == "")
			if fails := told != nil && told.Severity == slot.SeverityError; fails != tt.fails {
				t.Fatalf("got %+v", told)
			}
			j := &job{app: a, request: hooks.BuildRequest{App: in}}
			want := "GOTOOLCHAIN=" + tt.fetched
			if tt.fetched != "" && !slices.Contains(j.env(), want) {
				t.Errorf("got %q, want %s", j.env(), want)
			}
		})
	}
}
