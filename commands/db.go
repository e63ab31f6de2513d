package commands

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/database"
)

func newDB(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "db",
		Short: "PostgreSQL: a database for each slot, its backups, pgAdmin",
		Long: `PostgreSQL runs beside the slots, on this machine alone. Each slot's app finds its
own database in DATABASE_URL and POSTGRES_*, with a role that can open no other.
A database is named by its slot, a to e, or "shared" for the one of all slots that
are configured so: slot config set a.database=shared.`,
	}
	cmd.AddCommand(newDBEnable(w), newDBDisable(w), newDBStatus(w), newDBURL(w), newDBPsql(w), newDBLogs(w),
		newDBCreate(w), newDBDrop(w), newDBCopy(w), newDBBackup(w), newDBBackups(w), newDBRestore(w), newDBPrune(w), newDBUpgrade(w), newDBPgAdmin(w))
	return cmd
}

// newFetchPostgres is what the daemon runs to fetch a server: the library runs
// it once, which root may not.
func newFetchPostgres() *cobra.Command {
	return &cobra.Command{
		Use: database.FetchCommand, Hidden: true, Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			major, err := strconv.Atoi(args[1])
			if err != nil {
				return err
			}
			return database.FetchBinaries(args[0], major)
		},
	}
}

// sourceArg reads the database that a command names: shared where it names
// none.
func sourceArg(args []string) (slot.DatabaseSource, error) {
	if len(args) == 0 {
		return slot.SharedSource, nil
	}
	return slot.ParseDatabaseSource(args[0])
}

// completeSources completes the name of a database as the first argument.
func completeSources(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, src := range slot.DatabaseSources() {
		if len(args) == 0 {
			names = append(names, string(src))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// say shows what a long operation does.
func (w *World) say(text string) { fmt.Fprintf(w.Err, "  %s\n", dash(text)) }

// agree asks a person about what replaces or removes data. Where none can be
// asked, --yes must have been given.
func (w *World) agree(yes bool, question string) error {
	if yes {
		return nil
	}
	if !w.interactive() {
		return slot.E(slot.KindUsage, "--yes", errors.New("this replaces or removes data: give --yes where nobody can be asked"))
	}
	ok, err := w.confirm(question)
	if err == nil && !ok {
		err = slot.E(slot.KindCanceled, "", errors.New("nothing was changed"))
	}
	return err
}
