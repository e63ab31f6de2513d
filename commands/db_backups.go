package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type dbBackupsOptions struct{ listing }

func newDBBackups(w *World) *cobra.Command {
	o := dbBackupsOptions{}
	cmd := &cobra.Command{
		Use:               "backups [DATABASE]",
		Short:             "The backups of a database, or of all, newest first",
		Example:           "  slot db backups\n  slot db backups a --json",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSources,
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	o.flags(cmd, "print the backups as JSON")
	return cmd
}

func (o *dbBackupsOptions) run(ctx context.Context, w *World, args []string) error {
	all, err := w.backups(ctx, args)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, all)
	}
	if len(all) == 0 {
		fmt.Fprintln(w.Err, "there is no backup yet; try: slot db backup a")
		return nil
	}
	header, rows := backupsTable(all, time.Now())
	if o.wide {
		header, rows = backupsWide(all, header, rows)
	}
	return printTable(w.Out, header, rows)
}

// backups returns those of the database that is named, or all.
func (w *World) backups(ctx context.Context, named []string) ([]slot.Backup, error) {
	want := slot.DatabaseSource("")
	if len(named) > 0 {
		var err error
		if want, err = slot.ParseDatabaseSource(named[0]); err != nil {
			return nil, err
		}
	}
	c, err := w.connect()
	if err != nil {
		return nil, err
	}
	all, err := c.DatabaseBackups(ctx)
	if err != nil {
		return nil, err
	}
	chosen := []slot.Backup{}
	for _, b := range all {
		if want == "" || b.Source == want {
			chosen = append(chosen, b)
		}
	}
	return chosen, nil
}

func backupsTable(all []slot.Backup, now time.Time) (header []string, rows [][]string) {
	for _, b := range all {
		rows = append(rows, []string{b.ID, string(b.Source), reasonOf(b), dumpSize(b.Bytes), b.Server, age(b.TakenAt, now)})
	}
	return []string{"BACKUP", "DATABASE", "REASON", "SIZE", "SERVER", "AGE"}, rows
}

// dumpSize says bytes for people; most dumps are small.
func dumpSize(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KiB", (bytes+1023)/1024)
	}
	return size(bytes)
}

// reasonOf says why a backup was made: "before release 7 of a".
func reasonOf(b slot.Backup) string {
	switch b.Reason {
	case slot.BackupRelease:
		return fmt.Sprintf("before release %d of %s", b.Release, b.Slot)
	case slot.BackupDrop:
		return "before it was dropped"
	case slot.BackupPreview:
		return "when a preview was over"
	}
	return string(b.Reason)
}

// completeBackupIDs completes the backups with what they are.
func (w *World) completeBackupIDs(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if len(args) == 0 {
		all, _ := w.backups(cmd.Context(), nil) // no daemon, nothing to complete
		for _, b := range all {
			out = append(out, fmt.Sprintf("%s\t%s, %s ago", b.ID, reasonOf(b), age(b.TakenAt, time.Now())))
		}
	}
	return out, cobra.ShellCompDirectiveKeepOrder // or a file
}
