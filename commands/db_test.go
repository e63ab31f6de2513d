package commands

import (
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestBackupOf_FindsTheDataAsTheReleaseLeftIt(t *testing.T) {
	all := []slot.Backup{ // the newest first
		{ID: "before 9", Reason: slot.BackupRelease, Slot: "a", Release: 9},
		{ID: "daily", Reason: slot.BackupDaily, Source: "a"},
		{ID: "before 7, again", Reason: slot.BackupRelease, Slot: "a", Release: 7},
		{ID: "before 7", Reason: slot.BackupRelease, Slot: "a", Release: 7},
		{ID: "of b", Reason: slot.BackupRelease, Slot: "b", Release: 7},
		{ID: "before 5", Reason: slot.BackupRelease, Slot: "a", Release: 5},
	}
	for _, tt := range []struct {
		name    string
		release int
		want    string
	}{
		{"the oldest try of the next release with a command", 6, "before 7"},
		{"a release in between had none", 7, "before 9"},
		{"nothing came after it", 9, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := backupOf(all, "a", tt.release)
			if got.ID != tt.want {
				t.Errorf("got %q, want %q", got.ID, tt.want)
			}
		})
	}
}
