package process

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestLookup_FindsWhatTheAppWouldFind(t *testing.T) {
	dir := t.TempDir()
	for path, mode := range map[string]os.FileMode{
		"bin/tool": 0o700, "local/tool": 0o700, "plain/tool": 0o600, "plain/text": 0o600, "folder/tool/x": 0o700,
	} {
		writeFile(t, filepath.Join(dir, path), "", mode)
	}
	in := func(parts ...string) string {
		for i, p := range parts {
			parts[i] = filepath.Join(dir, p)
		}
		return strings.Join(parts, ":")
	}
	for _, row := range []struct{ name, program, path, want string }{
		{"the first in PATH", "tool", in("bin", "local"), in("bin/tool")},
		{"skips what may not be executed", "tool", in("plain", "bin"), in("bin/tool")},
		{"skips folders", "tool", in("folder", "bin"), in("bin/tool")},
		{"a relative folder in PATH is the app's", "tool", "local", in("local/tool")},
		{"a relative program is the app's", "./bin/tool", "", in("bin/tool")},
		{"an absolute program needs no PATH", in("bin/tool"), "", in("bin/tool")},
		{"not in PATH", "text", in("bin", "plain"), ""},
		{"no PATH", "tool", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := lookup(Spec{Argv: []string{row.program}, Dir: dir, Env: []string{"A=b", "PATH=" + row.path}})
			if got != row.want || (err == nil) != (row.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, row.want)
			}
		})
	}
}

func TestStart_SaysWhyAProgramCannotRun(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "script"), "#!/no/such/interpreter\n", 0o700)
	writeFile(t, filepath.Join(dir, "text"), "hello", 0o600)
	writeFile(t, filepath.Join(dir, "junk"), "\x00\x01", 0o700)
	for _, row := range []struct {
		name, program string
		change        func(*Spec)
		want          string
	}{
		{"missing in PATH", "no-such-tool", nil, "cannot start no-such-tool: no-such-tool is not in PATH"},
		{"missing file", "/no/such/tool", nil, "/no/such/tool is not there"},
		{"missing interpreter", dir + "/script", nil, "the interpreter in its first line is not"},
		{"not executable", dir + "/text", nil, "may not be executed"},
		{"no program", dir + "/junk", nil, "is not a program"},
		{"missing folder", "tool", func(s *Spec) { s.Dir = "/no/such/folder" }, "there is no folder /no/such/folder"},
		{"missing output", os.Args[0], func(s *Spec) { s.Stdout = "/no/such/file" }, "cannot open /no/such/file"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newSpec(t)
			s.Argv[0] = row.program
			if row.change != nil {
				row.change(&s)
			}
			_, err := Start(t.Context(), s, (&book{}).observer(), quiet())
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

func TestStart_HintsAtAMissingProgram(t *testing.T) {
	s := newSpec(t)
	s.Argv[0] = "no-such-tool"
	_, err := Start(t.Context(), s, (&book{}).observer(), quiet())
	var e *slot.Error
	if !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("no hint with %v", err)
	}
}

func TestStart_GivesTheEnvironmentAndTheMarker(t *testing.T) {
	s := newSpec(t, "rest")
	p, b := start(t, s)
	said(t, s.Stdout, "up", 1)
	pid := p.Snapshot().Identity.PID
	env, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	if want := strings.Join(append(s.Env, Marker+"="+s.ID), "\x00") + "\x00"; err != nil || string(env) != want {
		t.Errorf("environment %q, %v, want %q", env, err, want)
	}
	if st, err := readStat(pid); err != nil || st.group != pid {
		t.Errorf("%+v, %v: not the leader of its group", st, err)
	}
	if len(b.recorded()) != 2 || b.recorded()[0].PID != 0 || b.recorded()[0].ID != s.ID || b.recorded()[1] != p.Snapshot().Identity {
		t.Errorf("recorded %+v", b.recorded())
	}
}

func TestStart_DoesNotRunWhatCannotBeRecorded(t *testing.T) {
	s := newSpec(t, "rest")
	refused := errors.New("disk full")
	b := &book{refuse: func(slot.Identity) error { return refused }}
	_, err := Start(t.Context(), s, b.observer(), quiet())
	if !errors.Is(err, refused) || len(b.recorded()) != 1 {
		t.Errorf("got %v after %+v", err, b.recorded())
	}
	noneMarked(t, s.ID)
}

func TestStart_KillsWhatCouldNotBeRecorded(t *testing.T) {
	s := newSpec(t, "deaf")
	refused := errors.New("disk full")
	b := &book{refuse: func(id slot.Identity) error {
		if id.PID == 0 {
			return nil
		}
		said(t, s.Stdout, "up", 1)
		return refused
	}}
	_, err := Start(t.Context(), s, b.observer(), quiet())
	if !errors.Is(err, refused) || len(b.recorded()) != 2 {
		t.Fatalf("got %v after %+v", err, b.recorded())
	}
	noneMarked(t, s.ID)
	if _, err := readStat(b.recorded()[1].PID); err == nil {
		t.Error("it was not reaped")
	}
}

func TestStart_AppSurvivesWithoutAReader(t *testing.T) {
	s := newSpec(t, "talk")
	s.Stdout = filepath.Join(s.Dir, "fifo")
	if err := syscall.Mkfifo(s.Stdout, 0o600); err != nil {
		t.Fatal(err)
	}
	p, _ := start(t, s)
	p.Ready()
	id := p.Snapshot().Identity
	said(t, s.Stderr, "up", 1)
	for _, want := range []string{"line 0\n", "line 1\n", "line 2\n"} { // a reader that comes and goes
		if got := readFifo(t, s.Stdout, len(want)); got != want {
			t.Fatalf("read %q, want %q", got, want)
		}
		if err := syscall.Kill(id.PID, syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	if now := p.Snapshot(); now.Identity != id || now.State != Running {
		t.Errorf("now %+v, was %+v", now, id)
	}
}

func readFifo(t *testing.T, path string, n int) string {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, n)
	got, err := f.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:got])
}

func writeFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
