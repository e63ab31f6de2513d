package procfile

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse_ReadsProcesses(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []Entry
	}{
		{"one", "web: node server.js\n", []Entry{{"web", "node server.js", 1}}},
		{"comments and empty lines count", "# top\n\nweb: a\nworker:b # c\n", []Entry{{"web", "a", 3}, {"worker", "b # c", 4}}},
		{"windows line ends", "web: a\r\nrelease: b\r\n", []Entry{{"web", "a", 1}, {"release", "b", 2}}},
		{"no line end", "web : a:b", []Entry{{"web", "a:b", 1}}},
		{"byte order mark", "\uFEFFweb: a", []Entry{{"web", "a", 1}}},
		{"empty", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParse_NamesTheLineThatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		line     int
		reason   string
	}{
		{"no colon", "web: a\nnode server.js\n", 2, "not a process"},
		{"bad name", "we b: a\n", 1, "not a process"},
		{"long name", strings.Repeat("x", 64) + ": a\n", 1, "not a process"},
		{"no command", "web:\n", 1, "no command"},
		{"twice", "web: a\n\nweb: b\n", 3, "line 1 already"},
		{"conflict", "<<<<<<< HEAD\nweb: a\n=======\nweb: b\n>>>>>>> x\n", 1, "merge conflict"},
		{"conflict's middle", "web: a\n=======\n", 2, "merge conflict"},
		{"not text", "web: \xff\n", 1, "UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.in))
			var wrong *Error
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if wrong.Line != tt.line || !strings.Contains(wrong.Reason, tt.reason) || wrong.Hint == "" {
				t.Errorf("got %+v", wrong)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"web: node server.js\nworker: b", "<<<<<<< HEAD", "a:\n", "web: a\nweb: b", "\xff:\x00", "# c\r\n\r\nx : y"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := Parse(data)
		if err != nil {
			var wrong *Error
			if !errors.As(err, &wrong) || wrong.Line < 1 {
				t.Fatalf("%v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, e := range entries {
			if e.Name == "" || e.Command == "" || e.Line < 1 || seen[e.Name] || strings.ContainsAny(e.Command, "\n\x00") {
				t.Fatalf("%+v", e)
			}
			seen[e.Name] = true
		}
	})
}
