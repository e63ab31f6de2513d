package logs_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/supervisor/logs"
)

func TestAppend_StampsAndKeepsTheLine(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, logs.Options{})
	before := time.Now().Add(-time.Millisecond)
	at := time.Date(2026, 11, 23, 11, 45, 54, 123456000, time.UTC)
	for _, line := range []logs.Line{
		{Time: at, Stream: logs.Stderr, Process: "web.7", Text: "one\ntwo\r\n"},
		{Stream: logs.Slot, Text: ""},
	} {
		if err := l.Append(line); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.Tail(9)
	if err != nil || len(got) != 4 {
		t.Fatalf("got %+v, %v", got, err)
	}
	want := []logs.Line{{at, logs.Stderr, "web.7", "one"}, {at, logs.Stderr, "web.7", "two"}, {at, logs.Stderr, "web.7", ""}}
	if diff := cmp.Diff(want, got[:3]); diff != "" {
		t.Error(diff)
	}
	if got[3].Time.Before(before) || got[3].Time.After(time.Now()) || got[3].Stream != logs.Slot {
		t.Errorf("got %+v", got[3])
	}
	if !strings.HasPrefix(readLog(t, dir), "2026-11-23T11:45:54.123456Z e web.7 one\n") {
		t.Error("the file has another form")
	}
}

func TestTail_ReadsRotatedFilesToo(t *testing.T) {
	dir := t.TempDir()
	o := logs.Options{MaxBytes: 4000, Keep: 3, Ring: 10}
	l := open(t, dir, o)
	var want []string
	for i := range 300 {
		want = append(want, fmt.Sprint("line ", i))
		say(t, l, want[i])
	}
	for _, l := range []*logs.Log{l, open(t, dir, o)} {
		for _, n := range []int{-1, 0, 1, 10, 11, 100, 250} {
			if diff := cmp.Diff(want[300-max(0, n):], append([]string{}, tail(t, l, n)...)); diff != "" {
				t.Errorf("%d lines: %s", n, diff)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "app.log*"))
	if err != nil || len(files) != 4 {
		t.Errorf("got files %q, %v", files, err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Size() > 4000 || info.Mode() != 0o600 {
			t.Errorf("%s: %v", f, info)
		}
	}
}

func TestTail_FindsLinesLongerThanABlock(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, logs.Options{})
	long := strings.Repeat("x", logs.MaxLine)
	say(t, l, "first", long, "middle", long, "last")
	want := []string{long, "middle", long, "last"}
	if diff := cmp.Diff(want, tail(t, open(t, dir, logs.Options{}), 4)); diff != "" {
		t.Error(diff)
	}
}

func TestOpen_GoesOnBehindATornLine(t *testing.T) {
	dir := t.TempDir()
	say(t, open(t, dir, logs.Options{}), "one")
	torn := readLog(t, dir) + "2026-11-23T11:4"
	if err := os.WriteFile(filepath.Join(dir, "app.log"), []byte(torn), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, dir, logs.Options{})
	if diff := cmp.Diff([]string{"one", "2026-11-23T11:4"}, tail(t, l, 5)); diff != "" {
		t.Error(diff)
	}
	say(t, l, "two")
	if diff := cmp.Diff([]string{"one", "2026-11-23T11:4", "two"}, tail(t, l, 5)); diff != "" {
		t.Error(diff)
	}
}

func TestAppend_SurvivesAFileTakenAway(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, logs.Options{})
	path := filepath.Join(dir, "app.log")
	for name, take := range map[string]func() error{
		"removed":   func() error { return os.Remove(path) },
		"truncated": func() error { return os.Truncate(path, 0) },
		"moved":     func() error { os.Rename(path, path+".old"); return os.Remove(path + ".old") },
	} {
		say(t, l, "before "+name)
		if err := take(); err != nil {
			t.Fatal(err)
		}
		say(t, l, "after "+name)
		if got := readLog(t, dir); !strings.HasSuffix(got, "after "+name+"\n") || strings.Contains(got, "\x00") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestAppend_GoesOnWhenItCannotRotate(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, logs.Options{MaxBytes: 100})
	say(t, l, strings.Repeat("x", 90))
	blocked := filepath.Join(dir, "app.log.new")
	if err := os.Mkdir(blocked, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(logs.Line{Text: "two"}); err == nil || !strings.Contains(err.Error(), "cannot rotate log") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	say(t, l, "three")
	if got := tail(t, open(t, dir, logs.Options{}), 9); len(got) != 3 || got[1] != "two" {
		t.Errorf("got %q", got)
	}
}

func TestAppend_SaysWhatAFullDiskCost(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m,mode=0700"); err != nil {
		if os.Getenv("SLOT_TEST_STRICT") == "1" {
			t.Fatalf("needs root: %v", err)
		}
		t.Skipf("needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	l := open(t, dir, logs.Options{})
	say(t, l, "one")
	if err := os.WriteFile(filepath.Join(dir, "fill"), bytes.Repeat([]byte{1}, 2<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	o := attach(t, l, t.TempDir()) // an app can still be started
	out, _ := o.Paths()
	write(t, app(t, out), strings.Repeat("x", 20000)+"\ntwo\n")
	eventually(t, "the lines in memory", hasLine(t, l, "two"))
	if err := l.Append(logs.Line{Text: strings.Repeat("y", 20000)}); err == nil || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("got %v", err)
	}
	if err := o.Finish(); err == nil {
		t.Error("no error from Finish")
	}
	if err := os.Remove(filepath.Join(dir, "fill")); err != nil {
		t.Fatal(err)
	}
	say(t, l, "last")
	got := tail(t, open(t, dir, logs.Options{}), 9)
	if diff := cmp.Diff([]string{"one", "[3 lines are missing here: they could not be written]", "last"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestClose_EndsWritingButNotReading(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	say(t, l, "one")
	for range 2 {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := l.Append(logs.Line{Text: "two"}); err == nil {
		t.Error("a closed log took a line")
	}
	if _, err := l.Attach("web.1", t.TempDir()); err == nil {
		t.Error("a closed log took an output")
	}
	if got := tail(t, l, 9); got[0] != "one" {
		t.Errorf("got %q", got)
	}
}
