package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

type dbPruneOptions struct {
	keep         int
	before, json bool
}

func newDBPrune(w *World) *cobra.Command {
	o := dbPruneOptions{}
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove backups that are not needed",
		Long: `Removes what slot removes by itself after each backup: of each database all but
seven daily ones and seven from before releases. With --keep it removes all but
the newest so many of each database, also those that you asked for.`,
		Example: "  slot db prune\n  slot db prune --keep 3 --before",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("keep") && o.keep < 1 {
				return slot.E(slot.KindUsage, "slot db prune --keep 3", errors.New("--keep needs at least 1"))
			}
			return o.run(cmd.Context(), w)
		},
	}
	cmd.Flags().IntVar(&o.keep, "keep", 0, "keep the newest so many of each database")
	cmd.Flags().BoolVar(&o.before, "before", false, "also remove the databases that restores set aside")
	cmd.Flags().BoolVar(&o.json, "json", false, "print what was removed as JSON")
	return cmd
}

func (o *dbPruneOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	gone, err := c.PruneBackups(ctx, api.BackupPrune{Keep: o.keep, Before: o.before})
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, gone)
	}
	header, rows := backupsTable(gone.Backups, time.Now())
	if len(rows) > 0 {
		if err := printTable(w.Out, header, rows); err != nil {
			return err
		}
	}
	for _, db := range gone.Databases {
		fmt.Fprintf(w.Err, "removed the database %s\n", db)
	}
	fmt.Fprintf(w.Err, "removed %d backups\n", len(rows))
	return nil
}
