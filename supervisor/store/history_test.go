package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// longHistory has one deployment of slot b, then two thousand of slot a, each
// with two records of 3 KB.
func longHistory(t *testing.T) *store.Store {
	t.Helper()
	s := open(t, t.TempDir())
	begin(t, s, "b")
	s.Close()
	var file strings.Builder
	file.WriteString(read(t, s.Layout().History()))
	padding := strings.Repeat("x", 3000)
	for id := 2; id <= 2001; id++ {
		for _, state := range []string{"running", "live"} {
			fmt.Fprintf(&file, `{"id":%d,"slot":"a","state":%q,"url":%q,"new_field":1}`+"\n", id, state, padding)
		}
	}
	put(t, s.Layout().History(), file.String()+`{"id":2001,"slot":"a","sta`)
	return open(t, s.Layout().Home)
}

func TestHistory_KeepsTheNewestThousandOfEachSlot(t *testing.T) {
	s := longHistory(t)
	check := func(s *store.Store, newest int64) {
		t.Helper()
		all, a := s.Deployments("", 0), s.Deployments("a", 0)
		if len(a) != 1000 || a[0].ID != newest || a[999].State != slot.DeploymentLive {
			t.Fatalf("got %d of slot a, newest %d", len(a), a[0].ID)
		}
		if len(all) != 1001 || all[1000].ID != 1 || all[1000].Slot != "b" {
			t.Errorf("slot b lost its only one: %d, %+v", len(all), all[len(all)-1])
		}
	}
	check(s, 2001)
	if d := begin(t, s, "a"); d.ID != 2002 {
		t.Errorf("got ID %d", d.ID)
	}
	check(s, 2002)
	file := read(t, s.Layout().History())
	if n := strings.Count(file, "\n"); n != 1001 {
		t.Errorf("the file has %d lines", n)
	}
	if strings.Count(file, `"new_field":1`) != 999 {
		t.Error("what another version wrote did not stay")
	}
	old := s.Deployments("a", 0)[999]
	old.ID = 2
	if err := s.SaveDeployment(old); err != nil || len(s.Deployments("", 0)) != 1001 {
		t.Errorf("an old one came back, %v", err)
	}
	check(reopen(t, s), 2002)
}

func TestHistory_GoesOnWhereItCannotBeCompacted(t *testing.T) {
	s := longHistory(t)
	// A folder in the place of the temporary file: root may write anywhere.
	if err := os.Mkdir(s.Layout().History()+".tmp", 0o700); err != nil {
		t.Fatal(err)
	}
	before := len(read(t, s.Layout().History()))
	if d := begin(t, s, "a"); d.ID != 2002 || len(read(t, s.Layout().History())) <= before {
		t.Errorf("got ID %d", d.ID)
	}
	if got := reopen(t, s).Deployments("", 1); got[0].ID != 2002 {
		t.Errorf("got %v", ids(got))
	}
}

func TestFindDeployments_ChoosesByStateAndTime(t *testing.T) {
	s := open(t, t.TempDir())
	noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for i, state := range []slot.DeploymentState{"live", "failed", "live", "failed", "queued"} {
		d := slot.Deployment{Slot: slot.Names()[i%2], State: state, RequestedAt: noon.Add(time.Duration(i) * time.Hour)}
		if _, err := s.BeginDeployment(d); err != nil {
			t.Fatal(err)
		}
	}
	for name, row := range map[string]struct {
		query store.Query
		want  []int64
	}{
		"all":                {store.Query{}, []int64{5, 4, 3, 2, 1}},
		"failed":             {store.Query{States: []slot.DeploymentState{"failed"}}, []int64{4, 2}},
		"two states":         {store.Query{States: []slot.DeploymentState{"failed", "queued"}}, []int64{5, 4, 2}},
		"since":              {store.Query{Since: noon.Add(2 * time.Hour)}, []int64{5, 4, 3}},
		"the newest failed":  {store.Query{States: []slot.DeploymentState{"failed"}, Limit: 1}, []int64{4}},
		"failed of a slot":   {store.Query{Slot: "a", States: []slot.DeploymentState{"failed"}}, nil},
		"limit of one slot":  {store.Query{Slot: "a", Limit: 2}, []int64{5, 3}},
		"since, of one slot": {store.Query{Slot: "b", Since: noon.Add(2 * time.Hour)}, []int64{4}},
	} {
		if diff := cmp.Diff(row.want, ids(s.FindDeployments(row.query))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func FuzzOpen_AnyHistory(f *testing.F) {
	f.Add([]byte(`{"id":1,"slot":"a"}` + "\n" + `{"id":9223372036854775807,"slot":"a"}`))
	f.Add([]byte(`{"id":1,"slot":"a","steps":5}` + "\n" + `{"id":1,"slot":"b"}` + "\n" + `{"id":2,"slot":"c"}`))
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
		store.Compact(s)
		if got, ok := reopen(t, s).Deployment(d.ID); !ok || got.Slot != "a" {
			t.Errorf("deployment %d is lost", d.ID)
		}
	})
}
