package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestSweep_KeepsTheOriginOfAPromotedRelease(t *testing.T) {
	l := idle(t)
	keepReleases(t, l, 1, 2, 3)
	promoted := slot.Release{ID: 1, Slot: "b", Artefact: 1, Origin: slot.Origin{Slot: "a", Artefact: 1}}
	if err := l.e.Store.PutRelease(promoted); err != nil {
		t.Fatal(err)
	}
	if _, err := l.pruneReleases(2, 3, 2); err != nil {
		t.Fatal(err)
	}
	if got := folders(t, l); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("left are %q", got)
	}
	if err := l.e.Store.DeleteRelease("b", 1); err != nil {
		t.Fatal(err)
	}
	if err := l.sweepArtefacts(); err != nil {
		t.Fatal(err)
	}
	if got := folders(t, l); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("left are %q", got)
	}
}

// A promotion either gets a whole artefact or none, whatever is swept
// meanwhile.
func TestPin_AndSweepExcludeEachOther(t *testing.T) {
	l := idle(t)
	o := slot.Origin{Slot: "a", Artefact: 9}
	dir := l.e.Store.Layout().Artefact("a", 9)
	for range 200 {
		put(t, dir, "src/x=1")
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := l.sweepArtefacts(); err != nil {
				t.Error(err)
			}
		})
		unpin, err := l.e.artefacts.pin(o)
		if err == nil {
			if b, err := os.ReadFile(filepath.Join(dir, "src/x")); err != nil || string(b) != "1" {
				t.Errorf("pinned, and yet %q, %v", b, err)
			}
			unpin()
			unpin() // is harmless
		} else if slot.AsError(err).Kind != slot.KindNotFound {
			t.Errorf("got %v", err)
		}
		wg.Wait()
	}
	if len(l.e.artefacts.pinned) != 0 || len(l.e.artefacts.doomed) != 0 {
		t.Errorf("left: %v, %v", l.e.artefacts.pinned, l.e.artefacts.doomed)
	}
}

func TestPromotion_CopiesWhatWasBuilt(t *testing.T) {
	l := idle(t)
	b := newLane(l.e, "b")
	if err := b.folders(); err != nil {
		t.Fatal(err)
	}
	source := ran(t, b, 1, true, "app.js=code uploads/seed=s cfg=x node_modules/p/index.js=p", "db.sqlite=theirs")
	from, to := l.e.Store.Layout().Artefact("b", 1), l.e.Store.Layout().Artefact("a", 1)
	put(t, from, "out/app=binary")
	put(t, l.e.appDir(source), "cfg="+from+"/src/app.js")
	source.Plan = slot.LaunchPlan{Processes: []slot.Process{{Type: slot.ProcessWeb, Argv: []string{from + "/out/app", from + "0"}}}}
	source.Env = map[string]string{"VITE_API": "staging", "SECRET": "b"}
	if err := l.e.Store.PutRelease(source); err != nil {
		t.Fatal(err)
	}
	linked := starting(t, b, slot.ActionRestart, source, "uploads")
	if _, err := linked.persist(t.Context()); err != nil {
		t.Fatal(err)
	}
	put(t, l.e.Store.Layout().Storage("b"), "uploads/theirs=t")

	req := slot.Request{Slot: "a", Action: slot.ActionPromote, From: "b"}
	if err := l.admit(&req); err != nil || req.Release != 1 {
		t.Fatalf("%+v, %v", req, err)
	}
	err := l.e.Store.UpdateConfig(func(c *slot.Config) error {
		c.Slots["a"] = slot.SlotConfig{Environment: map[string]string{"VITE_API": "production", "SECRET": "a"}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	j := queued(t, l)
	j.req = req
	r := newRun(l, j)
	defer r.close()
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.copyArtefact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := list(t, filepath.Join(to, "src")), "app.js=code cfg="+to+"/src/app.js node_modules/p/index.js=p uploads/seed=s"; got != want {
		t.Errorf("copied is %q, want %q", got, want)
	}
	if got := r.release.Plan.Processes[0].Argv; !slices.Equal(got, []string{to + "/out/app", from + "0"}) {
		t.Errorf("it runs %q", got)
	}
	if r.source.Plan.Processes[0].Argv[0] != from+"/out/app" {
		t.Error("the other slot's plan was changed")
	}
	if r.release.Env["SECRET"] != "a" || r.release.Origin != (slot.Origin{Slot: "b", Artefact: 1}) || r.release.Slot != "a" {
		t.Errorf("got %+v", r.release)
	}
	d := j.record()
	if d.From != "b" || d.FromRelease != 1 || len(d.Diagnostics) != 1 || !strings.Contains(d.Diagnostics[0].Summary, "VITE_API") ||
		strings.Contains(d.Diagnostics[0].Summary, "staging") {
		t.Errorf("recorded is %+v", d)
	}
	r.undoFetch()
	if exists(to) {
		t.Error("the undone copy is there")
	}
}
