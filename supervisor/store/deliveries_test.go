package store_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestAddDelivery_NumbersAndKeepsThem(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range 3 {
		d, err := s.AddDelivery(slot.Delivery{ID: fmt.Sprint("id", i), Source: "github"})
		if err != nil || d.Number != int64(i+1) {
			t.Fatalf("got %d, %v", d.Number, err)
		}
	}
	s = reopen(t, s)
	all := s.Deliveries(2)
	if len(all) != 2 || all[0].ID != "id2" || all[1].ID != "id1" {
		t.Errorf("got %+v", all)
	}
	if d, ok := s.Delivery(1); !ok || d.ID != "id0" {
		t.Errorf("got %+v, %v", d, ok)
	}
	if d, err := s.AddDelivery(slot.Delivery{}); err != nil || d.Number != 4 {
		t.Errorf("the next is %d, %v", d.Number, err)
	}
}

func TestAddDelivery_ForgetsTheOldest(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 300 {
				if _, err := s.AddDelivery(slot.Delivery{Source: "github"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for range 2 {
		all := s.Deliveries(0)
		if len(all) != 1000 || all[0].Number != 2400 || all[999].Number != 1401 {
			t.Errorf("%d are kept, %d to %d", len(all), all[0].Number, all[len(all)-1].Number)
		}
		s = reopen(t, s)
	}
	if lines := strings.Count(read(t, s.Layout().Deliveries()), "\n"); lines > 2000 {
		t.Errorf("the file has %d lines", lines)
	}
}

func TestAddDelivery_PassesOverWhatAKilledDaemonLeft(t *testing.T) {
	s := open(t, t.TempDir())
	if _, err := s.AddDelivery(slot.Delivery{ID: "whole"}); err != nil {
		t.Fatal(err)
	}
	path := s.Layout().Deliveries()
	put(t, path, read(t, path)+`{"number":2,"id":"torn`)
	s = reopen(t, s)
	if _, err := s.AddDelivery(slot.Delivery{ID: "next"}); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s)
	all := s.Deliveries(0)
	if len(all) != 2 || all[0].ID != "next" || all[1].ID != "whole" {
		t.Errorf("got %+v", all)
	}
}

func TestSameDeliveries_GoesByIDOrBody(t *testing.T) {
	s := open(t, t.TempDir())
	for _, d := range []slot.Delivery{
		{ID: "1", Source: "github", Digest: "x"}, {ID: "2", Source: "github", Digest: "y"},
		{ID: "1", Source: "gitlab", Digest: "x"}, {ID: "3", Source: "github"},
	} {
		if _, err := s.AddDelivery(d); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ source, id, digest, want string }{
		{"github", "1", "", "1"}, {"github", "9", "x", "1"}, {"github", "1", "y", "2 1"}, {"github", "9", "", ""}, {"gitlab", "1", "", "3"},
	} {
		var got []string
		for _, d := range s.SameDeliveries(tt.source, tt.id, tt.digest) {
			got = append(got, fmt.Sprint(d.Number))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

func TestWebhook_ChoosesRotatesAndFinishes(t *testing.T) {
	s := open(t, t.TempDir())
	token := s.Token()
	first, err := s.Webhook()
	if err != nil || len(first.Secret) != 64 || first.Previous != "" {
		t.Fatalf("got %+v, %v", first, err)
	}
	wantKindOf := func(err error) { t.Helper(); wantKind(t, err, slot.KindUsage) }
	_, err = s.FinishWebhook()
	wantKindOf(err)
	second, err := s.RotateWebhook()
	if err != nil || second.Previous != first.Secret || second.Secret == first.Secret || second.RotatedAt.IsZero() {
		t.Fatalf("got %+v, %v", second, err)
	}
	_, err = s.RotateWebhook()
	wantKindOf(err)
	if err := s.SetGitHubToken("ghp_x"); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s)
	if got, err := s.Webhook(); err != nil || got.Secret != second.Secret || got.Previous != first.Secret || got.GitHubToken != "ghp_x" || s.Token() != token {
		t.Errorf("read back as %+v, %v", got, err)
	}
	third, err := s.FinishWebhook()
	if err != nil || third.Previous != "" || third.Secret != second.Secret || len(third.All()) != 1 {
		t.Errorf("got %+v, %v", third, err)
	}
	if info, err := os.Stat(s.Layout().Secrets()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
