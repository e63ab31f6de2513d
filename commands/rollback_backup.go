package commands

import (
	"context"
	"fmt"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

// offerBackup tells which backup has the data as the release that is live again
// left it. A rollback leaves the data alone: going back would lose what was
// written since, which is a person's decision.
func (w *World) offerBackup(ctx context.Context, c *api.Client, n slot.Name) {
	all, err := c.DatabaseBackups(ctx)
	if err != nil {
		return // the rollback went well; there is nothing to add to it
	}
	r, err := c.Releases(ctx, n)
	if err != nil {
		return
	}
	if b, ok := backupOf(all, n, r.Live); ok {
		fmt.Fprintf(w.Err, "  the database is as it was; as release %d left it, %s: slot db restore %s\n", r.Live, reasonOf(b), b.ID)
	}
}

// backupOf finds the backup that was made before the first release command
// after a release: the oldest of those before later ones. all has the newest
// first.
func backupOf(all []slot.Backup, n slot.Name, release int) (found slot.Backup, ok bool) {
	for _, b := range all {
		if b.Reason == slot.BackupRelease && b.Slot == n && b.Release > release {
			found, ok = b, true
		}
	}
	return found, ok
}
