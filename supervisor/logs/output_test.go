package logs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/supervisor/logs"
)

func TestOutput_CarriesBothStreams(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	l.SetSecrets([]string{"hunter2"})
	fifos := filepath.Join(t.TempDir(), "fifo")
	o := attach(t, l, fifos)
	out, errs := o.Paths()
	if want := filepath.Join(fifos, "web.1.out"); out != want {
		t.Errorf("got %s, want %s", out, want)
	}
	stdout, stderr := app(t, out), app(t, errs)
	cmd := exec.Command("sh", "-c", `echo one; printf 'hunter2\r\nno end'; sleep 0; echo two >&2`)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if err := o.Finish(); err != nil {
		t.Fatal(err)
	}
	got := map[logs.Stream][]string{}
	lines, err := l.Tail(9)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if line.Process != "web.1" || line.Time.IsZero() {
			t.Errorf("got %+v", line)
		}
		got[line.Stream] = append(got[line.Stream], line.Text)
	}
	want := map[logs.Stream][]string{logs.Stdout: {"one", "********", "no end"}, logs.Stderr: {"two"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(o.Tail(99)); n != 4 {
		t.Errorf("kept %d lines", n)
	}
	for _, path := range []string{out, errs} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is still there", path)
		}
	}
	if err := o.Finish(); err != nil {
		t.Error(err)
	}
}

func TestOutput_KeepsItsOwnLastLines(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	o := attach(t, l, t.TempDir())
	if got := o.Tail(5); got != nil {
		t.Errorf("got %q", got)
	}
	out, _ := o.Paths()
	f := app(t, out)
	var want []string
	for i := range 200 {
		write(t, f, fmt.Sprintln("line", i))
		want = append(want, fmt.Sprint("line ", i))
	}
	say(t, l, "of another")
	if err := o.Finish(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[150:], o.Tail(100)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[197:], o.Tail(3)); diff != "" {
		t.Error(diff)
	}
}

func TestDetach_LeavesAllForTheNextDaemon(t *testing.T) {
	dir, fifos := t.TempDir(), t.TempDir()
	l := open(t, dir, logs.Options{})
	o := attach(t, l, fifos)
	out, _ := o.Paths()
	f := app(t, out)
	write(t, f, "one\nbegun, ")
	eventually(t, "the first line", hasLine(t, l, "one"))
	if err := l.Close(); err != nil { // detaches
		t.Fatal(err)
	}
	write(t, f, "and ended\nwhile nobody read\n")
	if err := o.Finish(); err != nil { // too late to end it
		t.Fatal(err)
	}

	l = open(t, dir, logs.Options{})
	o = attach(t, l, fifos)
	write(t, f, "last\n")
	if err := o.Finish(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"one", "begun, and ended", "while nobody read", "last"}, tail(t, l, 9)); diff != "" {
		t.Error(diff)
	}
	left, err := filepath.Glob(filepath.Join(dir, "spool", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

func TestFinish_DoesNotWaitForAGrandchild(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	o := attach(t, l, t.TempDir())
	out, _ := o.Paths()
	grandchild := exec.Command("yes")
	grandchild.Stdout = app(t, out)
	if err := grandchild.Start(); err != nil {
		t.Fatal(err)
	}
	defer grandchild.Wait()
	defer grandchild.Process.Kill()
	eventually(t, "output", hasLine(t, l, "y"))
	if err := o.Finish(); err != nil {
		t.Error(err)
	}
}

func TestAttach_RefusesWhatItCannotCarry(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	fifos := t.TempDir()
	for _, id := range []string{"", "-", "a b", "../x", "a\n", strings.Repeat("x", 300)} {
		if _, err := l.Attach(id, fifos); err == nil {
			t.Errorf("took %q", id)
		}
	}
	attach(t, l, fifos)
	if _, err := l.Attach("web.1", fifos); err == nil {
		t.Error("took the same process twice")
	}
	if err := os.WriteFile(filepath.Join(fifos, "web.2.err"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second one finds nothing left of the first
		if _, err := l.Attach("web.2", fifos); err == nil || !strings.Contains(err.Error(), "it is not a FIFO") {
			t.Errorf("got %v", err)
		}
	}
}

// BenchmarkOutput measures lines of 100 bytes, each with a write of its own,
// from another process to the disk.
func BenchmarkOutput(b *testing.B) {
	for name, secrets := range map[string][]string{"plain": nil, "masked": {"hunter2-hunter2", "correct-horse", "battery-staple"}} {
		b.Run(name, func(b *testing.B) {
			l := open(b, b.TempDir(), logs.Options{})
			l.SetSecrets(secrets)
			o := attach(b, l, b.TempDir())
			out, _ := o.Paths()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), fmt.Sprint(roleVariable, "=writer"), fmt.Sprint(countVariable, "=", b.N))
			cmd.Stdout = app(b, out)
			b.SetBytes(100)
			b.ResetTimer()
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
			if err := o.Finish(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
