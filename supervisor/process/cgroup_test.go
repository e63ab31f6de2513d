package process

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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

func TestGroups_OfADaemonThatMovedAsideOrLivesInAnApp(t *testing.T) {
	for path, want := range map[string]string{
		"/user/app/slot-daemon": "/user/app", "/user/app/slot-web.1.0a": "/user/app", "/user/slot-daemon/slot-web.2.0b": "/user", "/user/app": "/user/app",
	} {
		if got := outOfSlot(path); got != want {
			t.Errorf("%s is below %s, want %s", path, got, want)
		}
	}
}

// realGroup makes a group of the machine itself.
func realGroup(t *testing.T) string {
	t.Helper()
	top := OwnGroups().Dir
	if top == "" {
		t.Skip(OwnGroups().Reason)
	}
	dir := filepath.Join(top, fmt.Sprintf("test-%d", os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, d := range []string{filepath.Join(dir, daemonGroup), dir} {
			for try := 0; try < 1000; try++ {
				if err := os.Remove(d); err == nil || os.IsNotExist(err) {
					break
				}
				<-time.After(time.Millisecond)
			}
		}
	})
	return dir
}

func TestMoveAside_MovesSlotsOwnAndNobodyElse(t *testing.T) {
	dir := realGroup(t)
	s := newSpec(t, "rest")
	p, _ := start(t, s)
	pid := strconv.Itoa(p.Snapshot().Identity.PID)
	if err := moveTo(dir, []string{pid}); err != nil {
		t.Fatal(err)
	}
	if err := moveAside(dir); err != nil { // it runs the same program as this test
		t.Fatal(err)
	}
	if got, _ := groupOf("/proc/" + pid); got != filepath.Join(dir, daemonGroup) {
		t.Errorf("it is in %s", got)
	}
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer other.Process.Kill()
	if err := moveTo(dir, []string{strconv.Itoa(other.Process.Pid)}); err != nil {
		t.Fatal(err)
	}
	if err := moveAside(dir); err == nil || !strings.Contains(err.Error(), "sleep") {
		t.Errorf("another program was moved: %v", err)
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
