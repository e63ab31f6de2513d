package store_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

const broken = "{\n  \"version\": 1,\n  \"slots\": {\"a\": {\n    \"brnach\": \"main\"\n}}}"

func handEdited(branch string) string {
	return fmt.Sprintf("{\"version\":1,\n\n\"slots\":{\"a\":{\"branch\":%q}}}", branch)
}

func TestUpdateConfig_WritesAndBacksUp(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "one")
	first := read(t, s.Layout().Config())
	setBranch(t, s, "two&<three>")
	if got := s.Backups(); len(got) != 1 || read(t, filepath.Join(s.Layout().Backups(), got[0])) != first {
		t.Errorf("backups: %q", got)
	}
	if !strings.Contains(read(t, s.Layout().Config()), "two&<three>") {
		t.Error("the file is not as a person would write it")
	}
	if got := branch(reopen(t, s)); got != "two&<three>" {
		t.Errorf("got %q", got)
	}
}

func TestUpdateConfig_WritesNothingWithoutAChange(t *testing.T) {
	s := open(t, t.TempDir())
	put(t, s.Layout().Config(), handEdited("main"))
	setBranch(t, s, "main")
	if got := read(t, s.Layout().Config()); got != handEdited("main") || len(s.Backups()) != 0 {
		t.Errorf("got %s", got)
	}
}

func TestUpdateConfig_KeepsTheFileWhenTheChangeIsBad(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "main")
	before := read(t, s.Layout().Config())
	refused := errors.New("refused")
	if err := s.UpdateConfig(func(c *slot.Config) error { c.Slots["a"] = slot.SlotConfig{}; return refused }); err != refused {
		t.Errorf("got %v", err)
	}
	wantKind(t, s.UpdateConfig(branchTo("--upload-pack")), slot.KindUsage)
	if read(t, s.Layout().Config()) != before || branch(s) != "main" {
		t.Error("the configuration changed")
	}
}

func TestUpdateConfig_SeesAHandEditFirst(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "main")
	put(t, s.Layout().Config(), strings.Replace(handEdited("main"), `"a":{`, `"b":{"hook":"node"},"a":{`, 1))
	setBranch(t, s, "next")
	if c := s.Config(); c.Slots["b"].Hook != "node" || c.Slots["a"].Branch != "next" {
		t.Errorf("got %+v", c)
	}
}

func TestUpdateConfig_NeverOverwritesABrokenFile(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "main")
	put(t, s.Layout().Config(), broken)
	err := s.UpdateConfig(branchTo("next"))
	wantKind(t, err, slot.KindUsage)
	want := fmt.Sprintf(`cannot change the configuration: cannot use %s:4:5: unknown key "slots.a.brnach"; did you mean "branch"?`, s.Layout().Config())
	if err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if read(t, s.Layout().Config()) != broken || branch(s) != "main" || s.ConfigError() == nil {
		t.Error("the broken file was not left alone")
	}
}

func TestReload_KeepsTheLastGoodOneUntilTheFileIsRight(t *testing.T) {
	s := open(t, t.TempDir())
	path := s.Layout().Config()
	for i, row := range []struct {
		contents, branch string
		good             bool
	}{
		{handEdited("one"), "one", true},
		{broken, "one", false},
		{handEdited("one"), "one", true},
		{handEdited("two"), "two", true}, // the same size, perhaps the same tick
		{`{"version":1`, "two", false},
		{`{"version":9,"new":1}`, "two", false},
		{handEdited("six"), "six", true},
	} {
		put(t, path, row.contents)
		for range 2 {
			err := s.Reload()
			if (err == nil) != row.good || (s.ConfigError() == nil) != row.good || branch(s) != row.branch {
				t.Errorf("step %d: %v, %v, branch %s", i, err, s.ConfigError(), branch(s))
			}
		}
	}
}

func TestReload_KeepsTheLastGoodOneWhenTheFileIsGone(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "main")
	if err := os.Remove(s.Layout().Config()); err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(); !errors.Is(err, fs.ErrNotExist) || branch(s) != "main" {
		t.Errorf("got %v, branch %s", err, branch(s))
	}
	if s = reopen(t, s); branch(s) != "main" || s.ConfigError() == nil {
		t.Errorf("got branch %q, %v", branch(s), s.ConfigError())
	}
	setBranch(t, s, "main") // nothing is lost by writing it again
	if s.ConfigError() != nil || !strings.Contains(read(t, s.Layout().Config()), "main") {
		t.Error("the file did not come back")
	}
}

func TestReload_DoesNotHangOnAFifo(t *testing.T) {
	s := open(t, t.TempDir())
	if err := syscall.Mkfifo(s.Layout().Config(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v", err)
	}
}

func TestOpen_StartsWithTheLastGoodConfiguration(t *testing.T) {
	for name, row := range map[string]struct {
		edits []string // by hand, each seen by the daemon
		want  string
	}{
		"no backup":                  {nil, ""},
		"one good version":           {[]string{handEdited("one")}, "one"},
		"the newest good version":    {[]string{handEdited("one"), handEdited("two")}, "two"},
		"broken while it ran":        {[]string{handEdited("one"), handEdited("two"), broken}, "two"},
		"broken, right and broken":   {[]string{handEdited("one"), broken, handEdited("two"), broken}, "two"},
		"back to an earlier version": {[]string{handEdited("one"), handEdited("two"), handEdited("one"), broken}, "one"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			for _, contents := range row.edits {
				put(t, s.Layout().Config(), contents)
				s.Reload()
			}
			put(t, s.Layout().Config(), broken)
			s.Reload()
			for range 2 {
				backups := len(s.Backups())
				s = reopen(t, s)
				if branch(s) != row.want || s.ConfigError() == nil || len(s.Backups()) != backups {
					t.Errorf("got branch %q, %v, %d backups", branch(s), s.ConfigError(), len(s.Backups()))
				}
				if read(t, s.Layout().Config()) != broken {
					t.Error("the broken file was touched")
				}
			}
		})
	}
}

func TestBackups_KeepTheNewestTwenty(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range 25 {
		setBranch(t, s, fmt.Sprint("b", i))
	}
	names := s.Backups()
	if len(names) != 20 || !strings.Contains(read(t, filepath.Join(s.Layout().Backups(), names[0])), `"b23"`) {
		t.Errorf("got %d: %q", len(names), names)
	}
}

func TestRestoreConfig_PutsABackupInForce(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "one")
	setBranch(t, s, "two")
	oldest := s.Backups()[0]
	put(t, s.Layout().Config(), broken)
	if err := s.RestoreConfig(""); err != nil || branch(s) != "one" && branch(s) != "two" {
		t.Fatalf("got %v, branch %s", err, branch(s))
	}
	if err := s.RestoreConfig(oldest); err != nil || branch(s) != "one" || s.ConfigError() != nil {
		t.Errorf("got %v, branch %s", err, branch(s))
	}
	kept := false
	for _, name := range s.Backups() {
		kept = kept || read(t, filepath.Join(s.Layout().Backups(), name)) == broken
	}
	if !kept {
		t.Error("the hand edit is lost")
	}
	wantKind(t, s.RestoreConfig("../secrets.json"), slot.KindNotFound)
	wantKind(t, open(t, t.TempDir()).RestoreConfig(""), slot.KindNotFound)
}

func TestReadConfig_NamesFileAndLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slots.json")
	for name, row := range map[string]struct{ contents, want string }{
		"bad value":     {"{\"version\":1,\"slots\":{\"a\":{\n\"port\": 80}}}", ":2:1: slots.a.port is 80; want 1024 to 65535"},
		"bad variable":  {"{\"version\":1,\"slots\":{\"a\":{\n\"environment\": {\"PORT\":\"1\"}}}}", ":2:1: slots.a.environment: PORT cannot be set"},
		"bad slot":      {"{\"version\":1,\n\"slots\":{\"f\":{}}}", `:2:1: slots is "f"; want the slots are a, b, c, d and e`},
		"no version":    {"{}", `:1:1: version: there is none, nor an object "slots" as the system before slot had`},
		"odd version":   {`{"version":1.5,"slots":{}}`, ":1:12: version is 1.5, which does not fit into int"},
		"newer version": {`{"version":2,"x":1}`, ": a newer slot wrote it (version 2; this one reads 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			put(t, path, row.contents)
			_, err := store.ReadConfig(path)
			wantKind(t, err, slot.KindUsage)
			if want := "cannot use " + path + row.want; err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
	put(t, path, handEdited("main"))
	if c, err := store.ReadConfig(path); err != nil || c.Slots["a"].Branch != "main" || len(c.Slots) != 5 {
		t.Errorf("got %+v, %v", c, err)
	}
	_, err := store.ReadConfig(path + ".missing")
	wantKind(t, err, slot.KindUsage)
}

func TestConfig_IsACopy(t *testing.T) {
	s := open(t, t.TempDir())
	setBranch(t, s, "main")
	c := s.Config()
	c.Slots["a"] = slot.SlotConfig{Branch: "changed"}
	if branch(s) != "main" {
		t.Error("a reader changed the store")
	}
}
