package deploy

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// ran makes a release with files of its build, and with files that its app
// wrote since; the store has it, live or not.
func ran(t *testing.T, l *lane, id int, live bool, built, written string) slot.Release {
	t.Helper()
	rel := slot.Release{ID: id, Slot: l.name, Artefact: id, Plan: slot.LaunchPlan{
		Processes: []slot.Process{{Type: slot.ProcessWeb, Argv: []string{"node", "server/main.js"}}},
	}}
	put(t, l.e.appDir(rel), built)
	artefact := l.e.Store.Layout().Artefact(l.name, id)
	for _, name := range []string{builtSeal, startedSeal} {
		if err := writeSeal(artefact, name); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-time.Hour) // so that what comes now is later
	if err := os.Chtimes(filepath.Join(artefact, startedSeal), past, past); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(l.e.appDir(rel), func(p string, _ fs.DirEntry, _ error) error { return os.Chtimes(p, past, past) })
	if err != nil {
		t.Fatal(err)
	}
	put(t, l.e.appDir(rel), written)
	if err := l.e.Store.PutRelease(rel); err != nil {
		t.Fatal(err)
	}
	if live {
		err := l.e.Store.UpdateState(l.name, func(s *slot.SlotState) error { s.Release, s.LastRelease = id, id; return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	return rel
}

// put writes files given as "name=content name=content".
func put(t *testing.T, dir, files string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for f := range strings.FieldsSeq(files) {
		name, content, _ := strings.Cut(f, "=")
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// list is the opposite of put, links followed at the top.
func list(t *testing.T, dir string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err.Error()
	}
	var files []string
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		files = append(files, rel+"="+string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(files, " ")
}

// starting is a deployment that came to its persist step.
func starting(t *testing.T, l *lane, action slot.Action, rel slot.Release, persist ...string) *run {
	t.Helper()
	j := queued(t, l)
	j.req.Action = action
	r := newRun(l, j)
	r.release, r.artefact = rel, l.e.Store.Layout().Artefact(rel.Slot, rel.Artefact)
	r.cfg.Persist = persist
	return r
}

func TestPersist_BringsWhatThereIsTheFirstTime(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		liveBuilt, liveWrote string // "" for no live release
		own                  string
		path                 string
		storage              string // what is kept then
		link                 string
	}{
		{"nothing: a folder", "", "", "x=", "uploads", "", "../../../storage/uploads"},
		{"nothing: a file, which is the app's to make", "", "", "x=", "data/app.db", "", "../../../../storage/data/app.db"},
		{"nothing: a folder that looks like a file", "", "", "x=", "v1.2/", "", "../../../storage/v1.2"},
		{"the repository's files", "", "", "uploads/a=1", "uploads", "a=1", "../../../storage/uploads"},
		{"a file of the repository", "", "", "data/app.db=seed", "data/app.db", "app.db=seed", "../../../../storage/data/app.db"},
		{"what the live release wrote, and what is new", "uploads/a=old", "uploads/b=b", "uploads/a=new uploads/c=c", "uploads", "a=old b=b c=c", "../../../storage/uploads"},
		{"a live release that wrote elsewhere", "uploads/a=old", "other/b=b", "uploads/a=new", "uploads", "a=new", "../../../storage/uploads"},
		{"a database of the live release, whole", "x=", "app.db=d app.db-wal=w app.db-shm=s", "app.db=seed", "app.db", "app.db=d app.db-shm=s app.db-wal=w started=", "../../../storage/app.db"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := idle(t)
			if err := l.folders(); err != nil {
				t.Fatal(err)
			}
			var live slot.Release
			if tt.liveBuilt != "" {
				live = ran(t, l, 1, true, tt.liveBuilt, tt.liveWrote)
			}
			rel := slot.Release{ID: 2, Slot: "a", Artefact: 2}
			put(t, l.e.appDir(rel), tt.own)
			put(t, l.storage(), "started=") // the app's own there
			r := starting(t, l, slot.ActionDeploy, rel, tt.path)
			for range 2 { // the second time it is there already
				if _, err := r.persist(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			at := filepath.Join(l.storage(), tt.path)
			if info, err := os.Stat(at); err == nil && !info.IsDir() {
				at = filepath.Dir(at)
			}
			if _, err := os.Stat(at); err != nil {
				at = filepath.Dir(at) // of a file that is not there yet
			}
			if got := list(t, at); got != tt.storage {
				t.Errorf("kept is %q, want %q", got, tt.storage)
			}
			if got, err := os.Readlink(filepath.Join(l.e.appDir(rel), tt.path)); err != nil || got != tt.link {
				t.Errorf("the link leads to %q, %v", got, err)
			}
			if tt.liveWrote != "" && strings.Contains(tt.storage, "=b") || strings.HasSuffix(tt.path, ".db") && tt.liveWrote != "" {
				// The live app goes on with the same files.
				if got, want := list(t, filepath.Join(l.e.appDir(live), tt.path)), list(t, filepath.Join(l.storage(), tt.path)); got != want {
					t.Errorf("the live release sees %q, the storage has %q", got, want)
				}
			}
		})
	}
}

func TestPersist_KeepsBothReleasesData(t *testing.T) {
	l := idle(t)
	rel := ran(t, l, 1, false, "uploads/a=a", "uploads/one=1 uploads/app.db=1 uploads/app.db-wal=1")
	ran(t, l, 2, true, "uploads/a=a", "uploads/two=2 uploads/app.db=2 uploads/app.db-wal=2 uploads/app.db-shm=2")
	r := starting(t, l, slot.ActionRollback, rel, "uploads")
	if _, err := r.persist(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := list(t, filepath.Join(l.storage(), "uploads")); got != "a=a app.db=1 app.db-wal=1 one=1 two=2" {
		t.Errorf("kept is %q", got)
	}
	if d := r.job.record().Diagnostics; len(d) != 1 || d[0].Code != "persist.left" || !strings.Contains(d[0].Summary, "uploads/app.db") {
		t.Errorf("told is %+v", d)
	}
}

func TestPersist_NeverDropsDataThatTheStorageTakesThePlaceOf(t *testing.T) {
	l := idle(t)
	put(t, l.storage(), "uploads/kept=k")
	rel := ran(t, l, 1, true, "uploads/a=a", "uploads/one=1")
	r := starting(t, l, slot.ActionRestart, rel, "uploads")
	if _, err := r.persist(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := list(t, filepath.Join(l.e.appDir(rel), "uploads")); got != "kept=k" {
		t.Errorf("the app sees %q", got)
	}
	if got := list(t, filepath.Join(r.artefact, asideName, "uploads")); got != "a=a one=1" {
		t.Errorf("aside is %q", got)
	}
	if d := r.job.record().Diagnostics; len(d) != 1 || d[0].Code != "persist.aside" {
		t.Errorf("told is %+v", d)
	}
}

func TestPersist_RefusesWhatTheAppIsRunFrom(t *testing.T) {
	l := idle(t)
	outside := t.TempDir()
	plan := slot.LaunchPlan{PathPrepend: []string{"bin"}, Processes: []slot.Process{
		{Type: slot.ProcessWeb, Shell: `exec node "server/main.js"`},
		{Type: "worker", Argv: []string{"gunicorn", "site.wsgi:app"}},
		{Type: "jobs", Argv: []string{"run"}, WorkingDir: "jobs/app"},
	}}
	rel := slot.Release{ID: 1, Slot: "a", Artefact: 1, Plan: plan}
	put(t, l.e.appDir(rel), "server/main.js= site/wsgi.py= bin/run= jobs/app/x= way=")
	if err := os.Symlink(outside, filepath.Join(l.e.appDir(rel), "link")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"server": `run from "server/main.js"`, "server/main.js": `run from "server/main.js"`, "site": `run from "site/wsgi.py"`,
		"bin": `run from "bin"`, "jobs": `run from "jobs/app"`, "link/x": `"link" is not a folder`, "way/x": `"way" is not a folder`,
	} {
		t.Run(path, func(t *testing.T) {
			_, err := starting(t, l, slot.ActionDeploy, rel, path).persist(t.Context())
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"`+path+`"`) || slot.AsError(err).Hint == "" {
				t.Errorf("got %v", err)
			}
		})
	}
	if left := list(t, outside); left != "" {
		t.Errorf("written outside: %q", left)
	}
}

func TestPersist_LeavesAStaticSiteAlone(t *testing.T) {
	l := idle(t)
	rel := slot.Release{ID: 1, Slot: "a", Artefact: 1, Plan: slot.LaunchPlan{Static: &slot.StaticSite{Root: "."}}}
	put(t, l.e.appDir(rel), "uploads/a=a")
	if _, err := starting(t, l, slot.ActionDeploy, rel, "uploads").persist(t.Context()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(filepath.Join(l.e.appDir(rel), "uploads")); err != nil || !info.IsDir() {
		t.Errorf("uploads is %v, %v", info, err)
	}
}
