package process

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The machine's own groups are tested by what starts in them. That of a machine
// whose controllers are in version 2 is a folder of files here.
func unified(t *testing.T, controllers, passedOn string) (proc, dir string) {
	t.Helper()
	proc, dir = t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(proc, "cgroup"):                    "4:memory:/old\n0::/user/app\n",
		filepath.Join(proc, "mountinfo"):                 "22 1 0:5 / /proc rw - proc proc rw\n33 24 0:28 /user " + dir + " rw,nosuid shared:9 - cgroup2 cgroup2 rw\n",
		filepath.Join(dir, "app/cgroup.procs"):           "",
		filepath.Join(dir, "app/cgroup.controllers"):     controllers + "\n",
		filepath.Join(dir, "app/cgroup.subtree_control"): passedOn + "\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return proc, filepath.Join(dir, "app")
}

func TestGroups_AreFoundBelowTheirMount(t *testing.T) {
	proc, dir := unified(t, "cpuset cpu memory pids", "memory")
	g := findGroups(proc, true)
	if g.Dir != dir || !slices.Equal(g.Controllers, controllers) || g.Reason != "" {
		t.Errorf("found %+v", g)
	}
	proc, _ = unified(t, "cpu memory pids", "memory")
	if g := findGroups(proc, false); !slices.Equal(g.Controllers, []string{"memory"}) || g.Reason == "" {
		t.Errorf("one that only looks found %+v", g)
	}
	if passed := words(filepath.Join(g.Dir, "cgroup.subtree_control")); !slices.Equal(passed, []string{"+pids"}) { // the last that was written
		t.Errorf("passed on %v", passed)
	}
}

func TestGroups_SayWhatIsMissing(t *testing.T) {
	proc, dir := unified(t, "hugetlb", "")
	if g := findGroups(proc, true); g.Dir != dir || len(g.Controllers) != 0 || g.Reason == "" || g.Claims()[0].Holds || !g.Claims()[3].Holds {
		t.Errorf("without controllers: %+v", g)
	}
	empty := t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, "cgroup"), []byte("4:memory:/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(empty, "mountinfo"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if g := findGroups(empty, true); g.Dir != "" || g.Reason == "" {
		t.Errorf("without version 2: %+v", g)
	}
}

func TestGroups_WriteTheLimitsThatTheyHold(t *testing.T) {
	g := Groups{Dir: t.TempDir(), Controllers: []string{"memory", "cpu"}}
	f, err := g.make("web.1", Limits{Memory: 100 << 20, CPU: 0.5, Processes: 20, OpenFiles: 9})
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	for name, want := range map[string]string{"memory.max": "131072000", "memory.oom.group": "1", "cpu.max": "50000 100000", "pids.max": ""} {
		if got := string(readAll(filepath.Join(g.Dir, "slot-web.1", name))); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func FuzzUnifiedMount(f *testing.F) {
	f.Add("33 24 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n")
	f.Add("33 24 0:28 / /x rw - cgroup2")
	f.Add("- cgroup2")
	f.Fuzz(func(t *testing.T, table string) {
		if root, mount, ok := unifiedMount(table); ok && (root == "" || mount == "") {
			t.Errorf("found %q at %q", root, mount)
		}
	})
}
