package database

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestSurplus_KeepsSevenOfEachReason(t *testing.T) {
	var all []slot.Backup // the newest first
	for _, reason := range []slot.BackupReason{slot.BackupManual, slot.BackupDaily, slot.BackupRelease, slot.BackupDrop, slot.BackupPreview} {
		for range 9 {
			all = append(all, slot.Backup{Source: "a", Reason: reason})
		}
	}
	all = append(all, slot.Backup{Source: "b", Reason: slot.BackupDaily})
	for _, tt := range []struct {
		name string
		keep int
		want map[slot.BackupReason]int
	}{
		{"by itself", 0, map[slot.BackupReason]int{slot.BackupDaily: 2, slot.BackupRelease: 2, slot.BackupPreview: 2}},
		{"all beyond three", 3, map[slot.BackupReason]int{slot.BackupManual: 6, slot.BackupDaily: 9, slot.BackupRelease: 9, slot.BackupDrop: 9, slot.BackupPreview: 9}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := map[slot.BackupReason]int{}
			for _, b := range surplus(all, tt.keep) {
				got[b.Reason]++
				if b.Source != "a" {
					t.Errorf("the only backup of %s goes", b.Source)
				}
			}
			for _, reason := range []slot.BackupReason{slot.BackupManual, slot.BackupDaily, slot.BackupRelease, slot.BackupDrop, slot.BackupPreview} {
				if got[reason] != tt.want[reason] {
					t.Errorf("%d %s ones go, want %d", got[reason], reason, tt.want[reason])
				}
			}
		})
	}
}

func TestVerifier_HoldsNoPassword(t *testing.T) {
	const password = "QWERTYUIOPASDFGHJKLZXCVB23"
	one, err := verifier(password)
	if err != nil {
		t.Fatal(err)
	}
	two, err := verifier(password)
	if err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$`)
	if !form.MatchString(one) || one == two || strings.Contains(one, password) {
		t.Errorf("verifiers %q and %q", one, two)
	}
}

func TestReaches_NamesTheFolderInTheWay(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	stranger := &Account{Name: "stranger", UID: 54321, GID: 54321}
	err := stranger.reaches(filepath.Join(closed, "data", "postgres"), "the data")
	if err == nil || !strings.Contains(err.Error(), closed+" is closed to it") || !strings.Contains(slot.AsError(err).Hint, "chmod o+x "+closed) {
		t.Errorf("got %v", err)
	}
	if err := (*Account)(nil).reaches(closed, "the data"); err != nil {
		t.Errorf("the daemon's own user: %v", err)
	}
}

func TestClear_RemovesTheLockOfNobody(t *testing.T) {
	dir := t.TempDir()
	lock := filepath.Join(dir, "postmaster.pid")
	if err := os.WriteFile(lock, []byte("1\n/elsewhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := clear(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(lock); !os.IsNotExist(err) {
		t.Errorf("the lock file is still there: %v", err)
	}
}

func TestSweepBackups_LeavesWholeOnes(t *testing.T) {
	s := &Server{Options: Options{Data: t.TempDir()}}
	if err := os.Mkdir(s.backupsDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a-20260101-000000.dump", "a-20260101-000000.json", "a-20260102-000000.dump", "b-20260101-000000.dump.partial", "mine.dump"} {
		if err := os.WriteFile(filepath.Join(s.backupsDir(), name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.sweepBackups()
	left, _ := filepath.Glob(filepath.Join(s.backupsDir(), "*"))
	if len(left) != 3 {
		t.Errorf("left are %v", left)
	}
}

func FuzzParseManifest(f *testing.F) {
	name := "a-20261126-004312.json"
	f.Add([]byte(`{"id": "a-20261126-004312", "source": "a", "reason": "daily"}`), name)
	f.Add([]byte(`{"id": "../../etc/passwd", "source": "a"}`), "../../etc/passwd.json")
	f.Add([]byte(`{"id": "a-20261126-004312", "source": "x"}`), name)
	f.Add([]byte(`{`), name)
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		b, err := parseManifest(data, name)
		if err != nil {
			return
		}
		if strings.ContainsAny(b.ID, "/\\.") || b.ID+".json" != name {
			t.Errorf("%q was taken from %q", b.ID, name)
		}
		if _, err := slot.ParseDatabaseSource(string(b.Source)); err != nil {
			t.Errorf("source %q was taken", b.Source)
		}
	})
}

func TestNextDaily_IsNeverWhereNothingRuns(t *testing.T) {
	s := &Server{state: state{NextDaily: 1}}
	if got := s.nextDaily(); !got.IsZero() {
		t.Errorf("due %v", got)
	}
	s.state.Enabled = true
	if got := s.nextDaily(); !got.Equal(time.Unix(1, 0)) {
		t.Errorf("due %v", got)
	}
}

func TestWriteFile_FollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "door.json"), filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{path, path + ".tmp"} {
		if err := os.Symlink(other, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeFile(path, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(other); string(b) != "kept" {
		t.Errorf("the file behind the link has %q", b)
	}
	if b, _ := os.ReadFile(path); string(b) != "new" {
		t.Errorf("written was %q", b)
	}
}
