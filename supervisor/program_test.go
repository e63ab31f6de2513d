package supervisor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// What CheckProgram says of programs that run is in upgrade.txtar.
func TestCheckProgram_RefusesWhatIsNoProgram(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct{ name, file, text, hint string }{
		{"nothing there", filepath.Join(dir, "none"), "there is no such file", ""},
		{"a folder", dir, "it is not a file", ""},
		{"a text", file("text", "hello", 0o644), "it is not executable", "chmod +x"},
		{"a script", file("script", "#!/bin/sh\n", 0o755), "it is not a program for Linux", ""},
		{"a torn download", file("torn", "\x7fELF\x02\x01\x01", 0o755), "it is not a program for Linux", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := CheckProgram(t.Context(), tt.file)
			e := slot.AsError(err)
			if err == nil || e.Kind != slot.KindUsage || !strings.Contains(e.Error(), tt.text) || !strings.Contains(e.Error(), tt.file) || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("got %v, hint %q", err, e.Hint)
			}
		})
	}
}

func TestInstall_KeepsWhatItReplacesAndRestoreBringsItBack(t *testing.T) {
	dir := t.TempDir()
	home, exe, next := filepath.Join(dir, "home"), filepath.Join(dir, "slot"), filepath.Join(dir, "next")
	for path, text := range map[string]string{exe: "one", next: "two"} {
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	want := func(now, before string) {
		t.Helper()
		if got := read(t, exe); got != now {
			t.Errorf("the program is %q, want %q", got, now)
		}
		if got := read(t, Previous(home)); got != before {
			t.Errorf("kept is %q, want %q", got, before)
		}
	}
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Install(next, exe, home); err != nil {
		t.Fatal(err)
	}
	want("two", "one")
	if err := Restore(exe, home); err != nil {
		t.Fatal(err)
	}
	want("one", "one")
	if err := Install(next, exe, home); err != nil {
		t.Fatal(err)
	}
	if err := Install(Previous(home), exe, home); err != nil { // --back
		t.Fatal(err)
	}
	want("one", "two")
	if err := Install(filepath.Join(dir, "none"), exe, home); err == nil {
		t.Error("it installed what is not there")
	}
	want("one", "two")
	for _, d := range []string{dir, filepath.Dir(Previous(home))} {
		if left, _ := filepath.Glob(filepath.Join(d, ".slot-*")); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
