package logs

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRecover_KnowsWhatTheKillCutOff(t *testing.T) {
	const before, batch = "before\n", "P one\nP two\n" // as in app.log
	for name, row := range map[string]struct {
		kill             func(s *spool, inode uint64)
		file             string
		pending, content string
	}{
		"at rest":           {func(s *spool, _ uint64) {}, before, "one\ntwo\nthr", before},
		"before a read":     {func(s *spool, _ uint64) { s.room() }, before, "one\ntwo\nthr", before},
		"inside a read":     {func(s *spool, _ uint64) { copy(s.room(), "ee\nfour\n") }, before, "one\ntwo\nthree\nfour\n", before},
		"before a write":    {write, before, "one\ntwo\nthr", before},
		"inside a write":    {write, before + batch[:5], "one\ntwo\nthr", before},
		"after a write":     {write, before + batch, "thr", before + batch},
		"while it advanced": {func(s *spool, i uint64) { write(s, i); s.advance(8) }, before + batch, "thr", before + batch},
		"other file":        {func(s *spool, i uint64) { write(s, i+1) }, before, "thr", before},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "app.log")
			if err := os.WriteFile(path, []byte(row.file), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(dir, spoolFolder), 0o700); err != nil {
				t.Fatal(err)
			}
			s, err := openSpool(filepath.Join(dir, spoolFolder, "web.1.out"))
			if err != nil {
				t.Fatal(err)
			}
			s.filled(copy(s.room(), "one\ntwo\nthr"))
			row.kill(s, inode(t, path))
			s.close()

			l, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			if s, err = openSpool(s.path); err != nil {
				t.Fatal(err)
			}
			defer s.close()
			if got := string(s.pending()); got != row.pending {
				t.Errorf("pending: got %q, want %q", got, row.pending)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != row.content {
				t.Errorf("app.log: got %q, want %q", got, row.content)
			}
			_, _, end := s.get()
			if strings.Trim(string(s.text[end:]), "\x00") != "" {
				t.Error("the room is not clear")
			}
		})
	}
}

// write begins the write of the first two lines, behind "before\n".
func write(s *spool, inode uint64) {
	j := &journal{s, len("one\ntwo\n")}
	j.begin(inode, int64(len("before\n")), len("P one\nP two\n"))
}

func inode(t *testing.T, path string) uint64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Ino
}

func TestSpool_MakesRoomForALongLine(t *testing.T) {
	s, err := openSpool(filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.remove()
	text := 0
	for i := range 100 {
		room := s.room()
		if len(room) == 0 {
			t.Fatalf("no room in round %d", i)
		}
		n := min(len(room), 50_000+i)
		for j := range n {
			room[j] = byte('a' + (text+j)%26)
		}
		text += n
		s.filled(n)
		pending := s.pending()
		if keep := MaxLine - i; len(pending) > keep { // as take leaves at most
			s.advance(len(pending) - keep)
		}
		pending = s.pending()
		for j, c := range pending {
			if c != byte('a'+(text-len(pending)+j)%26) {
				t.Fatalf("round %d: byte %d is %q", i, j, c)
			}
		}
	}
}

func TestOpen_RemovesADamagedSpool(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, spoolFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, contents := range map[string]string{
		"torn": "x", "foreign": strings.Repeat("x", headerBytes+spoolBytes), "empty": strings.Repeat("\x00", headerBytes+spoolBytes),
	} {
		if err := os.WriteFile(filepath.Join(dir, spoolFolder, name), []byte(contents), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if left, err := os.ReadDir(filepath.Join(dir, spoolFolder)); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
