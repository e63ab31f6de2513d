package deploy

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// keepReleases puts releases into slot a, each made of the artefact given.
func keepReleases(t *testing.T, l *lane, artefacts ...int) {
	t.Helper()
	for i, artefact := range artefacts {
		if err := os.MkdirAll(l.e.Store.Layout().Artefact("a", artefact), 0o755); err != nil {
			t.Fatal(err)
		}
		rel := slot.Release{
			ID: i + 1, Slot: "a", Artefact: artefact, Hook: "static", Deployment: int64(i + 1), CreatedAt: time.Now(),
			Plan: slot.LaunchPlan{Static: &slot.StaticSite{Root: "."}},
		}
		if err := l.e.Store.PutRelease(rel); err != nil {
			t.Fatal(err)
		}
	}
}

func folders(t *testing.T, l *lane) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(l.e.Store.Layout().Artefacts("a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestPruneReleases(t *testing.T) {
	for _, tt := range []struct {
		name           string
		artefacts      []int // of the releases 1, 2, …
		keep           int
		live, previous int
		releases       []int
		folders        []string
	}{
		{"fewer than are kept", []int{1, 2}, 5, 2, 1, []int{1, 2}, []string{"1", "2"}},
		{"the oldest go", []int{1, 2, 3, 4}, 2, 4, 3, []int{3, 4}, []string{"3", "4"}},
		{"never the live one", []int{1, 2, 3, 4}, 2, 1, 4, []int{1, 3, 4}, []string{"1", "3", "4"}},
		{"never the one before", []int{1, 2, 3, 4}, 2, 4, 1, []int{1, 3, 4}, []string{"1", "3", "4"}},
		{"a shared artefact stays", []int{1, 2, 2, 2}, 2, 4, 3, []int{3, 4}, []string{"2"}},
		{"an artefact that an old release made stays", []int{1, 2, 3, 1}, 2, 4, 3, []int{3, 4}, []string{"1", "3"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := idle(t)
			keepReleases(t, l, tt.artefacts...)
			gone, err := l.pruneReleases(tt.keep, tt.live, tt.previous)
			if err != nil || gone != len(tt.artefacts)-len(tt.releases) {
				t.Errorf("%d gone, %v", gone, err)
			}
			var ids []int
			for _, rel := range l.e.Store.Releases("a") {
				ids = append(ids, rel.ID)
			}
			if !slices.Equal(ids, tt.releases) {
				t.Errorf("releases %v, want %v", ids, tt.releases)
			}
			if got := folders(t, l); !slices.Equal(got, tt.folders) {
				t.Errorf("folders %v, want %v", got, tt.folders)
			}
		})
	}
}

func TestSweepArtefacts_RemovesWhatDeploymentsLeft(t *testing.T) {
	l := idle(t)
	if err := l.sweepArtefacts(); err != nil {
		t.Errorf("a slot without any: %v", err)
	}
	keepReleases(t, l, 1)
	for _, name := range []string{"2.partial/src", "2/src", "old"} {
		if err := os.MkdirAll(l.e.Store.Layout().Artefacts("a")+"/"+name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.sweepArtefacts(); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(folders(t, l)); got != "[1]" {
		t.Errorf("left %s", got)
	}
}
