package store_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

func TestUpdateState_KeepsWhatWasChanged(t *testing.T) {
	s := open(t, t.TempDir())
	want := slot.SlotState{Desired: slot.DesiredRunning, Release: 7, LastRelease: 8, Preview: &slot.Preview{Number: 3}}
	if err := s.UpdateState("b", func(st *slot.SlotState) error { *st = want; return nil }); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	if err := s.UpdateState("b", func(st *slot.SlotState) error { st.Preview.Number = 4; return refused }); err != refused {
		t.Errorf("got %v", err)
	}
	s.State("b").Preview.Number = 5
	for _, s := range []*store.Store{s, reopen(t, s)} {
		if diff := cmp.Diff(want, s.State("b")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(slot.SlotState{}, s.State("a")); diff != "" {
			t.Error(diff)
		}
	}
	wantKind(t, s.UpdateState("f", nil), slot.KindNotFound)
}

func TestReleases_AreKeptUntilDeleted(t *testing.T) {
	s := open(t, t.TempDir())
	_, err := s.Release("a", 1)
	if e := wantKind(t, err, slot.KindNotFound); e.Hint != "no release is kept" {
		t.Errorf("got hint %q", e.Hint)
	}
	for _, id := range []int{10, 2, 9} {
		r := slot.Release{ID: id, Slot: "a", Artefact: id, Env: map[string]string{"KEY": "<&>"}, CreatedAt: time.Now().UTC()}
		if err := s.PutRelease(r); err != nil {
			t.Fatal(err)
		}
	}
	s.Releases("a")[0].Env["KEY"] = "changed by a reader"
	s = reopen(t, s)
	var got []int
	for _, r := range s.Releases("a") {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff([]int{2, 9, 10}, got); diff != "" {
		t.Error(diff)
	}
	if r, err := s.Release("a", 2); err != nil || r.Env["KEY"] != "<&>" {
		t.Errorf("got %+v, %v", r, err)
	}
	for range 2 {
		if err := s.DeleteRelease("a", 9); err != nil {
			t.Fatal(err)
		}
	}
	_, err = reopen(t, s).Release("a", 9)
	if e := wantKind(t, err, slot.KindNotFound); e.Hint != "kept: 2, 10" {
		t.Errorf("got hint %q", e.Hint)
	}
	if _, err := os.Stat(s.Layout().Release("a", 9)); err == nil {
		t.Error("the file is still there")
	}
}

func TestPutRelease_RefusesOneWithoutAPlace(t *testing.T) {
	s := open(t, t.TempDir())
	wantKind(t, s.PutRelease(slot.Release{ID: 1, Slot: "../x"}), slot.KindNotFound)
	wantKind(t, s.PutRelease(slot.Release{ID: 0, Slot: "a"}), slot.KindFailed)
	wantKind(t, s.DeleteRelease("../x", 1), slot.KindNotFound)
}
