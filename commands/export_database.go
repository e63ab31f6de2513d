package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/export"
)

// askDatabase tells what database the app has here; nil for none, or for one
// that the slot's own variables lead to.
func (o *exportOptions) askDatabase(ctx context.Context, c *api.Client, app *export.App, elsewhere bool) (*export.Database, error) {
	st, err := c.DatabaseStatus(ctx)
	if err != nil {
		return nil, err
	}
	if app.Release.Plan.Static != nil && !o.database {
		return nil, nil
	}
	mode := app.Config.Database.Or(slot.DefaultDatabase)
	if mode == slot.DatabaseNone || elsewhere || st.State == slot.DatabaseOff {
		if o.database {
			return nil, slot.E(slot.KindUsage, "leave out --with-database", fmt.Errorf("slot %s has no database of slot's", app.Release.Slot))
		}
		return nil, nil
	}
	return &export.Database{Major: st.Major, Password: newPassword(), Dump: o.database}, nil
}

// dump makes a backup of the slot's database and copies it beside the files.
func (o *exportOptions) dump(ctx context.Context, w *World, c *api.Client, app *export.App) error {
	src := slot.DatabaseSource(app.Release.Slot)
	if app.Config.Database == slot.DatabaseShared {
		src = slot.SharedSource
	}
	b, err := c.BackUpDatabase(ctx, src, w.say)
	if err != nil {
		return err
	}
	s, err := w.settings()
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(s.Data, "backups", b.ID+".dump"))
	if err != nil {
		return fmt.Errorf("cannot read the backup %q: %w", b.ID, err)
	}
	defer f.Close()
	return replaceFile(filepath.Join(o.output, export.DumpName), true, f)
}
