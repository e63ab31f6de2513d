package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

func begin(t *testing.T, s *store.Store, n slot.Name) slot.Deployment {
	t.Helper()
	d, err := s.BeginDeployment(slot.Deployment{Slot: n, Action: slot.ActionDeploy, State: slot.DeploymentQueued})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ids(all []slot.Deployment) (ids []int64) {
	for _, d := range all {
		ids = append(ids, d.ID)
	}
	return ids
}

func TestDeployments_AreMergedAndNewestFirst(t *testing.T) {
	s := open(t, t.TempDir())
	for _, n := range []slot.Name{"a", "b", "a", "c", "a"} {
		begin(t, s, n)
	}
	d, _ := s.Deployment(3)
	d.State, d.Steps = slot.DeploymentLive, []slot.Step{{Name: slot.StepFetch}}
	if err := s.SaveDeployment(d); err != nil {
		t.Fatal(err)
	}
	d.Steps[0].Name = "changed by the caller"
	for _, s := range []*store.Store{s, reopen(t, s)} {
		for name, row := range map[string]struct {
			slot  slot.Name
			limit int
			want  []int64
		}{
			"all": {"", 0, []int64{5, 4, 3, 2, 1}}, "two": {"", 2, []int64{5, 4}},
			"one slot": {"a", 0, []int64{5, 3, 1}}, "two of a slot": {"a", 2, []int64{5, 3}}, "none": {"e", 0, nil},
		} {
			if diff := cmp.Diff(row.want, ids(s.Deployments(row.slot, row.limit))); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		got, ok := s.Deployment(3)
		if !ok || got.State != slot.DeploymentLive || got.Steps[0].Name != slot.StepFetch || got.RequestedAt.IsZero() {
			t.Errorf("got %+v", got)
		}
	}
}

func TestSaveDeployment_WantsOneThatWasBegun(t *testing.T) {
	s := open(t, t.TempDir())
	for _, id := range []int64{0, 1} {
		wantKind(t, s.SaveDeployment(slot.Deployment{ID: id, Slot: "a"}), slot.KindFailed)
	}
	_, err := s.BeginDeployment(slot.Deployment{Slot: "f"})
	wantKind(t, err, slot.KindNotFound)
}

func TestHistory_SurvivesATornLastLine(t *testing.T) {
	s := open(t, t.TempDir())
	begin(t, s, "a")
	whole := read(t, s.Layout().History())
	for _, torn := range []string{`{"id":2,"slot":"a","st`, `{`, `{"id":2,"slot":"a"}`, "\x00\x00"} {
		put(t, s.Layout().History(), whole+torn)
		s = reopen(t, s)
		before := s.Deployments("", 0)
		d := begin(t, s, "b")
		if d.ID != before[0].ID+1 {
			t.Errorf("after %q: got ID %d", torn, d.ID)
		}
		s = reopen(t, s)
		if got := s.Deployments("", 0); len(got) != len(before)+1 || got[0].Slot != "b" {
			t.Errorf("after %q: got %v", torn, ids(got))
		}
		if !strings.HasPrefix(read(t, s.Layout().History()), whole+torn+"\n") {
			t.Errorf("after %q: the history was not only appended to", torn)
		}
	}
}

func TestHistory_KeepsTheNewestThousandInMemory(t *testing.T) {
	s := open(t, t.TempDir())
	var file strings.Builder
	padding := strings.Repeat("x", 3000) // more than one chunk for a thousand
	for id := 1; id <= 3000; id++ {
		for _, state := range []string{"running", "live"} {
			fmt.Fprintf(&file, `{"id":%d,"slot":"a","state":%q,"url":%q}`+"\n", id, state, padding)
		}
	}
	s.Close()
	put(t, s.Layout().History(), file.String())
	s = open(t, s.Layout().Home)
	if d := begin(t, s, "b"); d.ID != 3001 {
		t.Errorf("got ID %d", d.ID)
	}
	all := s.Deployments("", 0)
	if len(all) != 1000 || all[0].ID != 3001 || all[999].ID != 2002 || all[999].State != slot.DeploymentLive {
		t.Errorf("got %d, %d to %d", len(all), all[0].ID, all[len(all)-1].ID)
	}
	old, _ := s.Deployment(2002)
	old.ID = 1
	if err := s.SaveDeployment(old); err != nil || len(s.Deployments("", 0)) != 1000 {
		t.Errorf("an old one came back, %v", err)
	}
}

func FuzzOpen_AnyHistory(f *testing.F) {
	f.Add([]byte(`{"id":1,"slot":"a"}` + "\n" + `{"id":9223372036854775807,"slot":"a"}`))
	f.Add([]byte("{}\n[]\nnull\n\"\n\n{\"id\":-1,\"slot\":\"b\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		home := t.TempDir()
		l := store.Layout{Home: home}
		if err := os.Mkdir(filepath.Dir(l.History()), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, l.History(), string(data))
		s := open(t, home)
		d, err := s.BeginDeployment(slot.Deployment{Slot: "a"})
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := reopen(t, s).Deployment(d.ID); !ok || got.Slot != "a" {
			t.Errorf("deployment %d is lost", d.ID)
		}
	})
}
