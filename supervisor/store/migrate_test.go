package store_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Each file in testdata/earlier is a slots.json of the system before slot; the
// golden file beside it is what is taken over and what is told.
func TestParseImport_TakesOverTheEarlierSystemsFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/earlier/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			in, err := store.ParseImport(file, []byte(read(t, file)))
			if err != nil {
				t.Fatal(err)
			}
			if in.Version != 0 || in.Config.Version != slot.ConfigVersion {
				t.Errorf("got version %d, now %d", in.Version, in.Config.Version)
			}
			got, err := json.MarshalIndent(map[string]any{"config": in.Config, "notes": in.Notes}, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".json") + ".golden"
			if *update {
				put(t, golden, string(got)+"\n")
			}
			if diff := cmp.Diff(read(t, golden), string(got)+"\n"); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOpen_ReadsAnOlderVersionThatLosesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	old := read(t, "testdata/earlier/generated.json")
	put(t, s.Layout().Config(), old)
	if err := s.Reload(); err != nil || s.Config().Slots["b"].Environment["GREETING"] != "hello $USER" {
		t.Fatalf("got %+v, %v", s.Config().Slots["b"], err)
	}
	if read(t, s.Layout().Config()) != old {
		t.Error("reading changed the file")
	}
	s = reopen(t, s)
	setBranch(t, s, "next")
	if now := read(t, s.Layout().Config()); !strings.Contains(now, `"version": 1`) || strings.Contains(now, "subdomain") {
		t.Errorf("the change was written as\n%s", now)
	}
	if names := s.Backups(); len(names) == 0 || read(t, filepath.Join(s.Layout().Backups(), names[0])) != old {
		t.Error("the older file is not among the backups")
	}
	if err := s.RestoreConfig(""); err != nil || branch(s) != "main" {
		t.Errorf("the older file cannot be restored: %v, branch %q", err, branch(s))
	}
}

func TestOpen_RefusesAnOlderVersionThatWouldLoseSomething(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "main")
	put(t, s.Layout().Config(), read(t, "testdata/earlier/every-field.json"))
	e := wantKind(t, s.Reload(), slot.KindUsage)
	if !strings.Contains(e.Error(), "slot does not have a.") || !strings.Contains(e.Error(), "a.frobnicate") || !strings.Contains(e.Hint, "slot config import "+s.Layout().Config()) {
		t.Errorf("got %v, hint %q", e, e.Hint)
	}
	if branch(s) != "main" || s.ConfigError() == nil {
		t.Error("the last good configuration is not in force")
	}
	wantKind(t, s.UpdateConfig(branchTo("next")), slot.KindUsage)
}

func TestParseImport_SaysWhatIsWrongAndWhere(t *testing.T) {
	for name, row := range map[string]struct{ contents, want string }{
		"bad value":        {"{\"slots\":{\"a\":{\n\"port\": 80}}}", "x.json:2:1: slots.a.port is 80; want 1024 to 65535"},
		"bad kind":         {"{\"slots\":{\"a\":{\n\"branch\": 7}}}", "x.json:2:1: slots.a.branch is a number; want a string"},
		"bad environment":  {"{\"slots\":{\"a\":{\n\"environment\": [1]}}}", "x.json:2:1: slots.a.environment is a list; want an object"},
		"slot of no kind":  {"{\"slots\":{\n\"a\":7}}", "x.json:2:1: slots.a is not an object"},
		"no configuration": {`{"name": "app"}`, `nor an object "slots"`},
		"torn":             {`{"slots": {`, "x.json:1:12: the end of the file"},
		"twice":            {`{"slots":{"a":{},"a":{}}}`, `key "slots.a" is given twice`},
		"newer":            {`{"version":7}`, "a newer slot wrote it (version 7"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.ParseImport("x.json", []byte(row.contents))
			if e := wantKind(t, err, slot.KindUsage); !strings.Contains(e.Error(), row.want) {
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
		})
	}
}

func TestReplaceConfig_ReplacesOnlyWhatWasLookedAt(t *testing.T) {
	s := open(t, t.TempDir())
	text, sum, err := s.ConfigFile()
	if err != nil || sum != "" || !strings.Contains(string(text), `"e": {}`) {
		t.Fatalf("got %s, %q, %v", text, sum, err)
	}
	if err := s.ReplaceConfig("", []byte(handEdited("one"))); err != nil || branch(s) != "one" {
		t.Fatalf("got %v, branch %s", err, branch(s))
	}
	e := wantKind(t, s.ReplaceConfig("", []byte(handEdited("two"))), slot.KindFailed)
	if !strings.Contains(e.Error(), "changed it meanwhile") || branch(s) != "one" {
		t.Errorf("got %v, branch %s", e, branch(s))
	}
	put(t, s.Layout().Config(), broken)
	text, sum, err = s.ConfigFile()
	if err != nil || string(text) != broken {
		t.Fatalf("got %s, %v", text, err)
	}
	e = wantKind(t, s.ReplaceConfig(sum, []byte(strings.Replace(broken, "brnach", "bracnh", 1))), slot.KindUsage)
	if !strings.Contains(e.Error(), "the new slots.json:4:5") {
		t.Errorf("got %v", e)
	}
	if err := s.ReplaceConfig(sum, []byte(handEdited("three"))); err != nil || branch(s) != "three" || s.ConfigError() != nil {
		t.Errorf("got %v, branch %s", err, branch(s))
	}
	kept := false
	for _, name := range s.Backups() {
		kept = kept || read(t, filepath.Join(s.Layout().Backups(), name)) == broken
	}
	if !kept {
		t.Error("the broken file is not among the backups")
	}
	backups := len(s.Backups())
	_, sum, _ = s.ConfigFile()
	if err := s.ReplaceConfig(sum, []byte(handEdited("three"))); err != nil || len(s.Backups()) != backups {
		t.Errorf("nothing changed, and it was written: %v", err)
	}
}

func FuzzParseImport(f *testing.F) {
	files, _ := filepath.Glob("testdata/earlier/*.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"slots":{"a":{"health_check":{"retries":1e300,"interval":"1s"}}}}`))
	f.Add([]byte(`{"version":1,"slots":{"a":{"branch":"main"}},"left_out":["a.x"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := store.ParseImport("x", data)
		if err != nil {
			return
		}
		if err := in.Config.Validate(); err != nil {
			t.Fatalf("it was taken over and is not good: %v", err)
		}
		text, err := store.EncodeConfig(in.Config)
		if err != nil {
			t.Fatal(err)
		}
		again, err := store.ParseImport("again", text)
		if err != nil {
			t.Fatalf("what was taken over cannot be read: %v\n%s", err, text)
		}
		if changes := slot.Changes(in.Config, again.Config); len(changes) > 0 {
			t.Errorf("got %+v", changes)
		}
	})
}
