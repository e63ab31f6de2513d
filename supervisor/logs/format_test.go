package logs

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFormat_IsAsDocumented(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 45, 54, 123456789, time.FixedZone("", 3600))
	for want, line := range map[string]Line{
		"2026-11-23T11:45:54.123456Z o web.7 GET / ": {at, Stdout, "web.7", "GET / "},
		"2026-11-23T11:45:54.123456Z e worker.12 ":   {at, Stderr, "worker.12", ""},
		"2026-11-23T11:45:54.123456Z s - exited":     {at, Slot, "", "exited"},
	} {
		got := string(appendPrefix(nil, line.Time, line.Stream, line.Process)) + line.Text
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		line.Time = at.Truncate(time.Microsecond).UTC()
		if diff := cmp.Diff(line, parseLine(got)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestParseLine_TakesForeignLinesAsText(t *testing.T) {
	for _, s := range []string{
		"", "hello", "2026-11-23T11:45:54.123456Z", "2026-11-23T11:45:54.123456Z o web.7",
		"2026-11-23T11:45:54.123456Z x web.7 text", "2026-13-23T11:45:54.123456Z o web.7 text",
		"2026-11-23T11:45:54.123456Z o  text", "2026-11-23T11:45:54.12345Z  o web.7 text",
	} {
		if diff := cmp.Diff(Line{Stream: Stdout, Text: s}, parseLine(s)); diff != "" {
			t.Errorf("%q: %s", s, diff)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add("2026-11-23T11:45:54.123456Z o web.7 text")
	f.Add("2026-11-23T11:45:54,123456Z s - ")
	f.Fuzz(func(t *testing.T, s string) {
		line := parseLine(s)
		if line.Text == s {
			return
		}
		again := parseLine(string(appendPrefix(nil, line.Time, line.Stream, line.Process)) + line.Text)
		if again != line && !strings.ContainsAny(line.Process, unsafeNames) {
			t.Errorf("%q: %+v became %+v", s, line, again)
		}
	})
}
