package deploy

import (
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestTellWhatIsDropped(t *testing.T) {
	for _, tt := range []struct {
		name           string
		built, written string
		persist        []string
		summary, hint  string // "" for silence
	}{
		{"nothing written", "app.js= uploads/a.png=", "", nil, "", ""},
		{"what tools look after", "app.js=", "node_modules/.cache/x=1 .next/cache/x=1 __pycache__/a.pyc=1 tmp/pids/s=1 log/dev.log=1 debug.log=1 server.pid=1 .venv/x=1", nil, "", ""},
		{"a folder of its own", "app.js=", "uploads/2026/a.png=1", nil, "wrote uploads/2026/a.png into", "a.persist=uploads,"},
		{"more than three", "app.js=", "u/1=1 u/2=1 u/3=1 u/4=1 u/5=1", nil, "u/1, u/2, u/3 and 2 more", "a.persist=u,"},
		{"a folder with pictures of the repository", "app.js= uploads/logo.png=", "uploads/a=1", nil, "uploads/a", "a.persist=uploads,"},
		{"a file among the program's", "app/main.py=", "app/app.db=1 app/app.db-wal=1 app/app.db-journal=1", nil, "wrote app/app.db into", "a.persist=app/app.db,"},
		{"a folder below the program's", "public/index.html=", "public/media/x/y=1", nil, "public/media/x/y", "a.persist=public/media,"},
		{"a file at the top that the build had", "data.json=", "data.json=changed", nil, "data.json", "a.persist=data.json,"},
		{"beside what is kept", "app.js=", "new/x=1", []string{"uploads"}, "new/x", "a.persist=uploads,new,"},
		{"what is kept from now on", "app.js=", "uploads/x=1", []string{"uploads"}, "", ""},
		{"a name that a shell would split", "app.js=", "my,files/x$y=1", nil, "my,files/x$y", `'a.persist=["my,files"]',`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := idle(t)
			ran(t, l, 1, true, tt.built, tt.written)
			r := starting(t, l, slot.ActionDeploy, slot.Release{ID: 2, Slot: "a", Artefact: 2}, tt.persist...)
			r.tellWhatIsDropped()
			d := r.job.record().Diagnostics
			if tt.summary == "" {
				if len(d) != 0 {
					t.Errorf("told %+v", d)
				}
				return
			}
			if len(d) != 1 || !strings.Contains(d[0].Summary, tt.summary) || !strings.Contains(d[0].Hint, "slot config set "+tt.hint) {
				t.Errorf("told %+v", d)
			}
		})
	}
}

func TestTellWhatIsDropped_KnowsAKeptFileThatTheAppReplaced(t *testing.T) {
	l := idle(t)
	put(t, l.storage(), "data/db.json=kept")
	ran(t, l, 1, true, "app.js=", "data/db.json=1") // renamed over the link
	r := starting(t, l, slot.ActionDeploy, slot.Release{ID: 2, Slot: "a", Artefact: 2}, "data/db.json")
	r.tellWhatIsDropped()
	if d := r.job.record().Diagnostics; len(d) != 1 || !strings.Contains(d[0].Hint, "a.persist=data,") {
		t.Errorf("told %+v", d)
	}
}

func TestRemedy_StaysValid(t *testing.T) {
	got := remedy([]string{"data/a", "data/b/c", "x"}, nil, []string{"data/b", "y"})
	if !slices.Equal(got, []string{"y", "data", "x"}) {
		t.Errorf("got %q", got)
	}
	c := slot.NewConfig()
	c.Slots["a"] = slot.SlotConfig{Persist: got}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}
