package logs_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/supervisor/logs"
)

// What could not be written is told of by the next daemon, when the one that
// lost it was killed before it could.
func TestOutput_TellsOfLinesThatAKilledDaemonLost(t *testing.T) {
	dir := t.TempDir()
	fifos, logDir := filepath.Join(dir, "fifo"), filepath.Join(dir, "logs")
	first := open(t, logDir, logs.Options{})
	o := attach(t, first, fifos)
	out, _ := o.Paths()
	f := app(t, out)
	limit := fileSizes(t, 0) // as a full disk, for this process
	f.WriteString("one\ntwo\nthree\n")
	eventually(t, "the lines in memory", func() bool { return len(o.Tail(3)) == 3 })
	if lines, err := first.Tail(10); err != nil || len(lines) != 3 {
		t.Fatalf("memory has %d lines, %v", len(lines), err)
	}
	limit()
	// Detach is all that a killed daemon leaves: the spools.
	if err := o.Detach(); err == nil {
		t.Error("nothing was lost")
	}
	second := open(t, logDir, logs.Options{})
	o = attach(t, second, fifos)
	f.WriteString("four\n")
	eventually(t, "the next line", func() bool { return len(o.Tail(1)) == 1 })
	if err := o.Finish(); err != nil {
		t.Fatal(err)
	}
	lines, err := second.Tail(10)
	if err != nil || len(lines) != 2 || lines[0].Stream != logs.Slot || !strings.Contains(lines[0].Text, "3 lines are missing") || lines[1].Text != "four" {
		t.Errorf("the log has %+v, %v", lines, err)
	}
	first.Close()
}

// fileSizes bounds the size of every file of this process, until the function
// is called that it returns.
func fileSizes(t *testing.T, max uint64) (end func()) {
	t.Helper()
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	set := func(l unix.Rlimit) {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
	}
	set(unix.Rlimit{Cur: max, Max: old.Max})
	return func() { set(old) }
}
