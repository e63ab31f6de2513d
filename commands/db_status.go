package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type dbStatusOptions struct{ json bool }

func newDBStatus(w *World) *cobra.Command {
	o := dbStatusOptions{}
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Whether PostgreSQL runs, and its databases",
		Example: "  slot db status\n  slot db status --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the status as JSON")
	return cmd
}

func (o *dbStatusOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	st, err := c.DatabaseStatus(ctx)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, st)
	}
	fmt.Fprint(w.Err, databaseLine(st, time.Now()))
	header, rows := databasesTable(st, time.Now())
	if len(rows) == 0 {
		return nil
	}
	return printTable(w.Out, header, rows)
}

// databaseLine says in a line or two how the server is.
func databaseLine(st slot.DatabaseStatus, now time.Time) string {
	var b strings.Builder
	switch st.State {
	case slot.DatabaseOff:
		b.WriteString("PostgreSQL is off; try: slot db enable\n")
	case slot.DatabaseRunning:
		fmt.Fprintf(&b, "PostgreSQL %s on %s:%d, pid %d as %s, for %s, %s, restarted %d times\n",
			st.Version, st.Host, st.Port, st.PID, st.User, age(st.Since, now), memory(st.MemoryKiB), st.Restarts)
	default:
		fmt.Fprintf(&b, "PostgreSQL is %s: %s\n", st.State, dash(st.Error))
		if st.Hint != "" {
			fmt.Fprintf(&b, "  try: %s\n", st.Hint)
		}
	}
	if st.Major > 0 && st.Newest > st.Major {
		fmt.Fprintf(&b, "  PostgreSQL %d is installed, the data is of %d: slot db upgrade\n", st.Newest, st.Major)
	}
	return b.String()
}

func databasesTable(st slot.DatabaseStatus, now time.Time) (header []string, rows [][]string) {
	for _, d := range st.Databases {
		var slots []string
		for _, n := range d.Slots {
			slots = append(slots, string(n))
		}
		backup := "-"
		if d.Backup != nil {
			backup = age(d.Backup.TakenAt, now)
		}
		rows = append(rows, []string{
			string(d.Source), d.Name, d.Role, dash(strings.Join(slots, ",")), size(d.Bytes), fmt.Sprint(d.Connections), backup,
		})
	}
	return []string{"DATABASE", "NAME", "ROLE", "SLOTS", "SIZE", "CONNECTIONS", "LAST BACKUP"}, rows
}
