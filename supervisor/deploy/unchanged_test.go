package deploy

import (
	"errors"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestUnlessUnchanged(t *testing.T) {
	live := slot.Source{Repository: "https://h/app", Branch: "main", Commit: "1111111aaaa"}
	with := func(change func(*slot.Source)) slot.Source {
		s := live
		change(&s)
		return s
	}
	next := with(func(s *slot.Source) { s.Commit = "2222222bbbb" })
	for _, tt := range []struct {
		name      string
		live, now slot.Source
		files     []string // that changed; nil for a comparison that fails
		watch     []string
		skip      string
	}{
		{"the same commit", live, live, nil, nil, "nothing new: 1111111 is live as release 3"},
		{"a new commit", live, next, []string{"docs/a"}, nil, ""},
		{"outside the watched paths", live, next, []string{"docs/a", "b"}, []string{"web/**"}, "none of the 2 files that changed since 1111111 is watched (web/**)"},
		{"inside them", live, next, []string{"docs/a", "web/b"}, []string{"web/**"}, ""},
		{"a commit that is gone", live, next, nil, []string{"web/**"}, ""},
		{"another repository", live, with(func(s *slot.Source) { s.Repository = "https://h/other" }), nil, nil, ""},
		{"another branch", live, with(func(s *slot.Source) { s.Branch = "dev" }), nil, nil, ""},
		{"another root", live, with(func(s *slot.Source) { s.Root = "web" }), nil, nil, ""},
		{"uncommitted changes", live, with(func(s *slot.Source) { s.Dirty = true }), nil, nil, ""},
		{"uncommitted changes that are live", with(func(s *slot.Source) { s.Dirty = true }), live, nil, nil, ""},
		{"a folder without commits", with(func(s *slot.Source) { s.Commit = "" }), with(func(s *slot.Source) { s.Commit = "" }), nil, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRun(idle(t), &job{req: slot.Request{IfChanged: true}})
			r.old, r.release.Source = &unit{release: slot.Release{ID: 3, Source: tt.live}}, tt.now
			r.cfg.Deployment.WatchPaths = tt.watch
			ask := func() error {
				return r.unlessUnchanged(func(from string) ([]string, error) {
					if tt.files == nil || from != tt.live.Commit {
						return nil, errors.New("bad object")
					}
					return tt.files, nil
				})
			}
			if got := skipReason(ask()); got != tt.skip {
				t.Errorf("got %q, want %q", got, tt.skip)
			}
			r.job.req.IfChanged = false
			if err := ask(); err != nil {
				t.Errorf("it was not asked to skip: %v", err)
			}
			r.job.req.IfChanged, r.old = true, nil
			if err := ask(); err != nil {
				t.Errorf("nothing serves: %v", err)
			}
		})
	}
}
