package logs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/logs"
)

func open(t testing.TB, dir string, o logs.Options) *logs.Log {
	t.Helper()
	l, err := logs.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func attach(t testing.TB, l *logs.Log, fifos string) *logs.Output {
	t.Helper()
	o, err := l.Attach("web.1", fifos)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// app opens a FIFO as a process gets it.
func app(t testing.TB, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func texts(lines []logs.Line) []string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Text)
	}
	return all
}

func tail(t testing.TB, l *logs.Log, n int) []string {
	t.Helper()
	lines, err := l.Tail(n)
	if err != nil {
		t.Fatal(err)
	}
	return texts(lines)
}

func say(t testing.TB, l *logs.Log, all ...string) {
	t.Helper()
	for _, text := range all {
		if err := l.Append(logs.Line{Stream: logs.Stdout, Process: "web.1", Text: text}); err != nil {
			t.Fatal(err)
		}
	}
}

func write(t testing.TB, f *os.File, text string) {
	t.Helper()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func readLog(t testing.TB, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "app.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// eventually waits until ok holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for tick := time.Tick(time.Millisecond); !ok(); <-tick {
		if time.Now().After(deadline) {
			t.Fatalf("not in 20 s: %s", what)
		}
	}
}

func hasLine(t testing.TB, l *logs.Log, text string) func() bool {
	return func() bool { return strings.Contains(strings.Join(tail(t, l, 10), "\n"), text) }
}
