package coder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/internal/coder"
)

func TestIntent_IsReadAsItWasWritten(t *testing.T) {
	home := filepath.Join(t.TempDir(), "state")
	if got, err := coder.ReadIntent(home); got != nil || err != nil {
		t.Fatalf("before: %+v, %v", got, err)
	}
	want := &coder.Intent{
		Time: time.Now().UTC(), Server: "https://coder.example.com", Workspace: "ada/ws", Before: 3,
		Changes: []coder.Change{{Name: "A", From: "x", To: "y"}},
	}
	for range 2 { // the second time it replaces the first
		if err := coder.WriteIntent(home, want); err != nil {
			t.Fatal(err)
		}
		got, err := coder.ReadIntent(home)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
		want.Build = &coder.Build{ID: "id", Number: 4, Transition: "start", State: coder.BuildFailed, Error: "no"}
	}
	fi, err := os.Stat(coder.IntentFile(home))
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", fi.Mode(), err)
	}
	if left, _ := os.ReadDir(home); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	for range 2 {
		if err := coder.WriteIntent(home, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := coder.ReadIntent(home); got != nil || err != nil {
		t.Errorf("after: %+v, %v", got, err)
	}
}

func TestReadIntent_RefusesWhatItDoesNotKnow(t *testing.T) {
	for text, want := range map[string]string{"{": "unexpected end", `{"version": 9}`: "it is of version 9"} {
		home := t.TempDir()
		if err := os.WriteFile(coder.IntentFile(home), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := coder.ReadIntent(home); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "coder-change.json") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzReadIntent(f *testing.F) {
	f.Add([]byte(`{"version":1,"changes":[{"name":"A"}],"build":{"number":1}}`))
	f.Add([]byte(`{"version":1,"build":null,"time":"x"}`))
	f.Add([]byte(``))
	f.Fuzz(func(t *testing.T, text []byte) {
		home := t.TempDir()
		if err := os.WriteFile(coder.IntentFile(home), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if i, err := coder.ReadIntent(home); err == nil && (i == nil || i.Version != 1) {
			t.Errorf("%q became %+v", text, i)
		}
	})
}
