package lab_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/slot-paas/slot/bench/lab"
)

func TestBehind_SaysWhyOnlyWhereAnotherRowIsAhead(t *testing.T) {
	var out bytes.Buffer
	lab.Behind(&out, []string{"slot", "one", "two"}, 0,
		lab.Column{Name: "memory", Decimals: 1, Values: []float64{3, 2, 1}, Why: "They are small."},
		lab.Column{Name: "speed", Decimals: 1, More: true, Values: []float64{9.04, 9.01, 1}, Why: "never said"})
	if want := "- memory: two 1.0, one 2.0; slot 3.0. They are small.\n\n"; out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}

// A process's clock is finer than its ticks: a loop of a few milliseconds is seen.
func TestCPU_CountsLessThanATick(t *testing.T) {
	before := lab.CPU(os.Getpid())
	for lab.CPU(os.Getpid())-before < 2*time.Millisecond {
	}
	if took := lab.CPU(os.Getpid()) - before; took%(10*time.Millisecond) == 0 {
		t.Errorf("took %v: whole ticks", took)
	}
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	if got := lab.CPU(gone.Process.Pid, 0); got != 0 {
		t.Errorf("a process that ended took %v", got)
	}
}
