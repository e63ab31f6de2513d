package supervisor

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// An app that ends while no daemon lives leaves its last words.
func TestPipes_KeepWhatNobodyElseHolds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fifo")
	p, err := holdPipes(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer p.release()
	path := filepath.Join(dir, "web.1.out")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	until(t, "the pipe to be held", func() bool { return opened(t, path) == 1 })
	app, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(app, "last words")
	app.Close()

	daemon, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	b := make([]byte, 100)
	if n, err := daemon.Read(b); err != nil || string(b[:n]) != "last words\n" {
		t.Errorf("got %q, %v", b[:n], err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	until(t, "the pipe to be let go", func() bool { return opened(t, path+" (deleted)") == 1 }) // ours alone
	if err := os.WriteFile(filepath.Join(dir, "a file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// opened counts the descriptors of this process on path.
func opened(t *testing.T, path string) (n int) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if target, _ := os.Readlink("/proc/self/fd/" + e.Name()); target == path {
			n++
		}
	}
	return n
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	late := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-late:
			t.Fatalf("waited too long for %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
