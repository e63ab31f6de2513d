package process

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// patience bounds every wait of the tests; only a failure takes so long.
const patience = 20 * time.Second

// newSpec describes one of the programs of child, its output in files.
func newSpec(t *testing.T, args ...string) Spec {
	t.Helper()
	dir := t.TempDir()
	s := Spec{
		ID:     fmt.Sprintf("test.%d.%s.%s", os.Getpid(), filepath.Base(filepath.Dir(dir)), filepath.Base(dir)),
		Argv:   append([]string{os.Args[0]}, args...),
		Dir:    dir,
		Env:    []string{childVar + "=1", "GORACE=atexit_sleep_ms=0", "PATH=" + os.Getenv("PATH")},
		Stdout: filepath.Join(dir, "stdout"), Stderr: filepath.Join(dir, "stderr"),
		Policy: slot.RestartAlways, StopTimeout: patience,
	}
	for _, path := range []string{s.Stdout, s.Stderr} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, pid := range Marked(s.ID) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_ = Kill(slot.Identity{ID: s.ID, BootID: boot(t)}) // with its control group
	})
	return s
}

func boot(t *testing.T) string {
	t.Helper()
	id, err := bootID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// book is an observer that remembers.
type book struct {
	mu      sync.Mutex
	records []slot.Identity
	changes []Snapshot
	refuse  func(slot.Identity) error
}

func (b *book) observer() Observer {
	return Observer{
		Record: func(id slot.Identity) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.records = append(b.records, id)
			if b.refuse != nil {
				return b.refuse(id)
			}
			return nil
		},
		Changed: func(s Snapshot) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.changes = append(b.changes, s)
		},
	}
}

func (b *book) recorded() []slot.Identity {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.records)
}

// starts counts the runs.
func (b *book) starts() int {
	n := 0
	for _, id := range b.recorded() {
		if id.PID != 0 {
			n++
		}
	}
	return n
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func start(t *testing.T, s Spec) (*Process, *book) {
	t.Helper()
	b := &book{}
	p, err := Start(t.Context(), s, b.observer(), quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, p) })
	return p, b
}

// stop ends p, which may have ended or been detached already.
func stop(t *testing.T, p *Process) Exit {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	e, err := p.Stop(ctx)
	if ctx.Err() != nil {
		t.Errorf("Stop: %v", err)
	}
	return e
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

func closed(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("not in time: %s", what)
	}
}

// said waits until the file has n lines that begin with word, and returns
// what follows the word in each.
func said(t *testing.T, path, word string, n int) []string {
	t.Helper()
	var found []string
	eventually(t, fmt.Sprintf("%d lines %q", n, word), func() bool {
		found = nil
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for in := bufio.NewScanner(f); in.Scan(); {
			if rest, ok := strings.CutPrefix(in.Text(), word+" "); ok {
				found = append(found, rest)
			}
		}
		return len(found) >= n
	})
	return found
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func alive(pid int) bool {
	st, err := readStat(pid)
	return err == nil && !st.ended()
}

func noneMarked(t *testing.T, id string) {
	t.Helper()
	if left := Marked(id); len(left) > 0 {
		t.Errorf("these live on: %v", left)
	}
}

// states lists the different states in the order in which they came.
func (b *book) states() []State {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []State
	for _, s := range b.changes {
		all = append(all, s.State)
	}
	return slices.Compact(all)
}
