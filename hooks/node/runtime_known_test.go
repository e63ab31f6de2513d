package node

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// counted puts a node into PATH that notes each start and runs the real one.
func counted(t *testing.T, script string) (asked func() int, program string) {
	t.Helper()
	real, err := exec.LookPath("node")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program = filepath.Join(dir, "node")
	notes := filepath.Join(dir, "notes")
	text := "#!/bin/sh\necho . >> " + notes + "\n" + script + "\nexec " + real + ` "$@"` + "\n"
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() int {
		data, _ := os.ReadFile(notes)
		return len(data) / 2
	}, program
}

func TestFindRuntime_AsksANodeOnceUntilItChanges(t *testing.T) {
	cache := t.TempDir()
	// It says that it is node itself, as node does.
	asked, program := counted(t, `echo "[\"20.1.0\",\"115\",\"$0\"]"; exit`)
	for range 3 {
		r, err := findRuntime(t.Context(), cache)
		if err != nil || r.version != "20.1.0" || r.abi != "115" || r.program != program {
			t.Fatalf("found %+v, %v", r, err)
		}
	}
	if n := asked(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	text, err := os.ReadFile(program)
	if err == nil {
		err = os.WriteFile(program, append(text, '\n'), 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := findRuntime(t.Context(), cache); err != nil || asked() != 2 {
		t.Errorf("asked %d times after another took its place: %v", asked(), err)
	}
}

func TestFindRuntime_AsksAShimEachTime(t *testing.T) {
	cache := t.TempDir()
	asked, program := counted(t, "")
	for range 2 {
		if r, err := findRuntime(t.Context(), cache); err != nil || r.program == program {
			t.Fatalf("found %+v, %v", r, err)
		}
	}
	if n := asked(); n != 2 {
		t.Errorf("asked %d times: what it runs may depend on the folder", n)
	}
}
