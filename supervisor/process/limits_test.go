package process

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLimits_HoldBeforeTheProgramBegins(t *testing.T) {
	if OwnGroups().Holds("cpu") {
		t.Skip("here a control group holds the processor")
	}
	s := newSpec(t, "limits", "a b$c")
	s.Limits = Limits{OpenFiles: 200, CPU: 0.5}
	p, _ := start(t, s)
	if got, want := said(t, s.Stdout, "limits", 1)[0], fmt.Sprintf("200 1 %d 3 a b$c", lowPriority); got != want {
		t.Errorf("the program says %q, want %q", got, want)
	}
	id := p.Snapshot().Identity
	in := InForce(id, s.Limits)
	if len(in) != 2 || in[0].By != "affinity" || !strings.Contains(in[0].Text, "1 of") || in[1].By != "rlimit" || !strings.Contains(in[1].Text, "200") {
		t.Errorf("in force: %+v", in)
	}
	if late := InForce(id, Limits{OpenFiles: 100}); !strings.Contains(late[0].Text, "restart") {
		t.Errorf("a limit that was set later: %+v", late)
	}
	stop(t, p)
	noneMarked(t, s.ID)
}

func TestLimits_WholeCoresKeepTheirPriority(t *testing.T) {
	if runtime.NumCPU() < 2 || OwnGroups().Holds("cpu") {
		t.Skip("needs two cores without a control group")
	}
	s := newSpec(t, "limits")
	s.Limits = Limits{CPU: 1, Place: 1}
	start(t, s)
	if got := strings.Fields(said(t, s.Stdout, "limits", 1)[0]); got[1] != "1" || got[2] != "0" {
		t.Errorf("the program says %q", got)
	}
}

func TestLimits_MoreFilesThanTheUserMayHave(t *testing.T) {
	var has unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &has); err != nil {
		t.Fatal(err)
	}
	s := newSpec(t, "limits")
	s.Limits = Limits{OpenFiles: int(min(has.Max, 1<<20))}
	start(t, s) // root may, others get what they may have
	n, err := strconv.ParseUint(strings.Fields(said(t, s.Stdout, "limits", 1)[0])[0], 10, 64)
	if err != nil || n == 0 || n > has.Max {
		t.Errorf("%d of %d", n, has.Max)
	}
}

func TestMeasure_CountsTheWholeTree(t *testing.T) {
	s := newSpec(t, "setsid")
	p, _ := start(t, s)
	said(t, s.Stdout, "up", 2)
	rough, exact := Measure(p.Snapshot().Identity, false), Measure(p.Snapshot().Identity, true)
	if rough.Processes != 2 || rough.Threads < 2 || exact.MemoryKiB == 0 {
		t.Errorf("measured %+v and %+v", rough, exact)
	}
	if exact.MemoryKiB >= rough.MemoryKiB {
		t.Errorf("two processes of one program: %d KiB with shared pages once, %d each", exact.MemoryKiB, rough.MemoryKiB)
	}
}

func TestMeasure_SeesMemoryAndTime(t *testing.T) {
	s := newSpec(t, "hold", "64")
	p, _ := start(t, s)
	said(t, s.Stdout, "up", 1)
	if u := Measure(p.Snapshot().Identity, true); u.MemoryKiB < 64<<10 || u.MemoryKiB > 256<<10 {
		t.Errorf("64 MiB are held, measured %d KiB", u.MemoryKiB)
	}
	b := newSpec(t, "burn")
	q, _ := start(t, b)
	eventually(t, "some processor time", func() bool { return Measure(q.Snapshot().Identity, false).CPU > 0 })
}

func TestStop_EndsWhatLeftEverythingBehind(t *testing.T) {
	if OwnGroups().Dir == "" {
		t.Skip("without a control group such a process cannot be known: " + OwnGroups().Reason)
	}
	s := newSpec(t, "escape")
	p, _ := start(t, s)
	p.Ready()
	pids := said(t, s.Stdout, "up", 2)
	if marked := Marked(s.ID); len(marked) != 1 {
		t.Fatalf("the grandchild still has the marker: %v", marked)
	}
	stop(t, p)
	for _, text := range pids {
		if pid, _ := strconv.Atoi(text); alive(pid) {
			t.Errorf("%d lives on", pid)
		}
	}
	if members := OwnGroups().members(s.ID); members != nil {
		t.Errorf("the group is still there with %v", members)
	}
}
