package api

import (
	"context"
	"net/http"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/database"
)

// CreateDatabase makes a database before an app asks for it.
func (c *Client) CreateDatabase(ctx context.Context, src slot.DatabaseSource) (st slot.DatabaseStatus, err error) {
	return st, c.exchange(ctx, http.MethodPost, "/v1/database/create", DatabaseChosen{src}, &st)
}

// DropDatabase removes a database and returns the backup that it made before;
// one without an ID where there is none.
func (c *Client) DropDatabase(ctx context.Context, req DatabaseDrop, say slot.Progress) (slot.Backup, error) {
	return callLong[slot.Backup](ctx, c, "/v1/database/drop", req, say)
}

// CopyDatabase puts the contents of a database in the place of another's.
func (c *Client) CopyDatabase(ctx context.Context, from, to slot.DatabaseSource, say slot.Progress) (database.Restored, error) {
	return callLong[database.Restored](ctx, c, "/v1/database/copy", DatabaseCopy{from, to}, say)
}

// DatabaseBackups lists the backups, the newest first.
func (c *Client) DatabaseBackups(ctx context.Context) (all []slot.Backup, err error) {
	return all, c.call(ctx, http.MethodGet, "/v1/database/backups", nil, &all)
}

// BackUpDatabase makes a backup.
func (c *Client) BackUpDatabase(ctx context.Context, src slot.DatabaseSource, say slot.Progress) (slot.Backup, error) {
	return callLong[slot.Backup](ctx, c, "/v1/database/backups", DatabaseChosen{src}, say)
}

// RestoreDatabase puts a backup, or a dump from elsewhere, in the place of a
// database's contents.
func (c *Client) RestoreDatabase(ctx context.Context, req DatabaseRestore, say slot.Progress) (database.Restored, error) {
	return callLong[database.Restored](ctx, c, "/v1/database/restore", req, say)
}

// PruneBackups removes backups and returns them.
func (c *Client) PruneBackups(ctx context.Context, req BackupPrune) (gone BackupPruned, err error) {
	return gone, c.exchange(ctx, http.MethodPost, "/v1/database/prune", req, &gone)
}
