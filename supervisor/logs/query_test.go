package logs_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/supervisor/logs"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// diary is a log with a line a second from noon on, over several files.
func diary(t testing.TB, lines int) *logs.Log {
	t.Helper()
	l := open(t, t.TempDir(), logs.Options{MaxBytes: 2000, Keep: 100, Ring: 3})
	for i := range lines {
		line := logs.Line{Time: noon.Add(time.Duration(i) * time.Second), Stream: logs.Stdout, Process: fmt.Sprintf("web.%d.ab12", 1+i/50), Text: fmt.Sprint("line ", i)}
		switch i % 10 {
		case 3:
			line.Stream = logs.Stderr
		case 7:
			line.Stream, line.Process = logs.Slot, ""
		}
		if err := l.Append(line); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func read(t testing.TB, l *logs.Log, q logs.Query) []string {
	t.Helper()
	var got []string
	if _, err := l.Read(t.Context(), q, func(lines []logs.Line) error {
		got = append(got, texts(lines)...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func span(from, to int, of func(i int) bool) (all []string) {
	for i := from; i < to; i++ {
		if of == nil || of(i) {
			all = append(all, fmt.Sprint("line ", i))
		}
	}
	return all
}

func TestRead_ChoosesLines(t *testing.T) {
	l := diary(t, 200)
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	for _, row := range []struct {
		name  string
		query logs.Query
		want  []string
	}{
		{"none", logs.Query{}, nil},
		{"the last", logs.Query{Last: 5}, span(195, 200, nil)},
		{"more than there are", logs.Query{Last: 1000}, span(0, 200, nil)},
		{"all", logs.Query{Last: -1}, span(0, 200, nil)},
		{"since", logs.Query{Last: -1, Since: at(150)}, span(150, 200, nil)},
		{"since between two lines", logs.Query{Last: -1, Since: at(150).Add(-time.Millisecond)}, span(150, 200, nil)},
		{"since before the first", logs.Query{Last: -1, Since: at(-9000)}, span(0, 200, nil)},
		{"since after the last", logs.Query{Last: -1, Since: at(9000)}, nil},
		{"until", logs.Query{Last: -1, Until: at(5)}, span(0, 5, nil)},
		{"a span", logs.Query{Last: -1, Since: at(60), Until: at(70)}, span(60, 70, nil)},
		{"the last of a span", logs.Query{Last: 3, Since: at(60), Until: at(70)}, span(67, 70, nil)},
		{"fewer in a span than wanted", logs.Query{Last: 30, Since: at(60), Until: at(70)}, span(60, 70, nil)},
		{"stderr", logs.Query{Last: -1, Streams: []logs.Stream{logs.Stderr}}, span(0, 200, func(i int) bool { return i%10 == 3 })},
		{"the app's", logs.Query{Last: 4, Streams: []logs.Stream{logs.Stdout, logs.Stderr}}, []string{"line 195", "line 196", "line 198", "line 199"}},
		{"a pattern", logs.Query{Last: -1, Grep: regexp.MustCompile(`^line 1?7$`)}, []string{"line 7", "line 17"}},
		{"the last of a pattern", logs.Query{Last: 2, Grep: regexp.MustCompile(`7$`)}, []string{"line 187", "line 197"}},
		{"a pattern on the text alone", logs.Query{Last: -1, Grep: regexp.MustCompile(`web|2026`)}, nil},
		{"a release", logs.Query{Last: -1, Release: 3}, span(100, 150, func(i int) bool { return i%10 != 7 })},
		{"the last of a release", logs.Query{Last: 2, Release: 1}, []string{"line 48", "line 49"}},
		{"a release that is not there", logs.Query{Last: -1, Release: 12}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, read(t, l, row.query)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Lines that slot did not write, such as those of a person with an editor.
func TestRead_TakesForeignLines(t *testing.T) {
	dir := t.TempDir()
	own := "2026-05-01T12:00:00.000000Z o web.1 own\n"
	if err := os.WriteFile(filepath.Join(dir, "app.log"), []byte("foreign\n"+own+"\n2026-05-01T12:00:01.000000Z torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, dir, logs.Options{})
	if got := read(t, l, logs.Query{Last: -1}); strings.Join(got, "|") != "foreign|own||2026-05-01T12:00:01.000000Z torn" {
		t.Errorf("%q", got)
	}
	if got := read(t, l, logs.Query{Last: -1, Since: noon}); strings.Join(got, "|") != "own" {
		t.Errorf("since: %q", got)
	}
}

// However the file is made, bisecting finds what a look at every line finds.
func TestRead_FindsByTimeWhatALookAtEveryLineFinds(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	f, err := os.Create(filepath.Join(dir, "app.log"))
	if err != nil {
		t.Fatal(err)
	}
	var times []time.Time
	at := noon
	for range 40_000 { // some MiB: several blocks
		at = at.Add(time.Duration(r.IntN(2000)) * time.Millisecond)
		times = append(times, at)
		fmt.Fprintf(f, "%s o web.1 %s\n", at.Format("2006-01-02T15:04:05.000000Z"), strings.Repeat("x", r.IntN(300)))
		if r.IntN(50) == 0 {
			fmt.Fprintln(f, "a line of someone else")
		}
	}
	f.Close()
	l := open(t, dir, logs.Options{})
	for range 50 {
		since := noon.Add(time.Duration(r.Int64N(int64(at.Sub(noon)))))
		want := len(times) - slices.IndexFunc(times, func(t time.Time) bool { return !t.Before(since) })
		if got := len(read(t, l, logs.Query{Last: -1, Since: since})); got != want {
			t.Errorf("since %v: %d lines, want %d", since, got, want)
		}
	}
}

func TestWatch_GoesOnAcrossRotationsAndReopening(t *testing.T) {
	dir := t.TempDir()
	o := logs.Options{MaxBytes: 3000, Keep: 40}
	var got []string
	var at logs.Cursor
	const rounds, lines = 5, 100
	for round := range rounds {
		l, err := logs.Open(dir, o) // the next daemon
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var writing sync.WaitGroup
		writing.Go(func() {
			for i := range lines {
				say(t, l, strconv.Itoa(round*lines+i))
			}
		})
		seen := 0
		err = l.Watch(ctx, logs.Query{After: at}, func(some []logs.Line, next logs.Cursor) error {
			got = append(got, texts(some)...)
			at = next
			if seen += len(some); seen > lines/2 { // the follower goes away in the middle, the next comes after the daemon
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		writing.Wait()
		l.Close()
	}
	l := open(t, dir, o)
	l.Close()
	if err := l.Watch(t.Context(), logs.Query{After: at}, func(some []logs.Line, _ logs.Cursor) error {
		got = append(got, texts(some)...)
		return nil
	}); err != nil {
		t.Error(err)
	}
	if len(got) != rounds*lines {
		t.Errorf("%d lines", len(got))
	}
	for i, text := range got {
		if text != strconv.Itoa(i) {
			t.Fatalf("line %d is %q", i, text)
		}
	}
}

func TestWatch_SaysWhatWasRotatedAway(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{MaxBytes: 200, Keep: 2})
	say(t, l, "first")
	at, err := l.Read(t.Context(), logs.Query{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		say(t, l, fmt.Sprint("then ", i))
	}
	l.Close()
	var got []string
	if err := l.Watch(t.Context(), logs.Query{After: at}, func(some []logs.Line, _ logs.Cursor) error {
		got = append(got, texts(some)...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(got) < 2 || !strings.Contains(got[0], "rotated away") || got[len(got)-1] != "then 49" || slices.Contains(got, "first") {
		t.Errorf("%q", got)
	}
}

func TestWatch_FiltersWhatComes(t *testing.T) {
	l := open(t, t.TempDir(), logs.Options{})
	at, err := l.Read(t.Context(), logs.Query{}, nil) // of an empty log
	if err != nil {
		t.Fatal(err)
	}
	say(t, l, "good", "bad one", "good", "bad two")
	l.Close()
	var got []string
	if err := l.Watch(t.Context(), logs.Query{After: at, Grep: regexp.MustCompile("bad")}, func(some []logs.Line, _ logs.Cursor) error {
		got = append(got, texts(some)...)
		return nil
	}); err != nil || strings.Join(got, "|") != "bad one|bad two" {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzParseCursor(f *testing.F) {
	for _, seed := range []string{"", "start", "MjAyNi0wNS0wMVQxMjowMDowMC4wMDAwMDBa@120", "x@1", "@", "MjAyNi0wNS0wMVQxMjowMDowMC4wMDAwMDBa@-1", "../../etc/passwd@0"} {
		f.Add(seed)
	}
	l := diary(f, 20)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := logs.ParseCursor(text)
		if err != nil {
			return
		}
		if string(c) != text {
			t.Errorf("%q became %q", text, c)
		}
		if _, err := l.Read(t.Context(), logs.Query{Last: -1, After: c}, func([]logs.Line) error { return nil }); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
