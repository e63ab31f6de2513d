package commands

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/supervisor/logs"
)

type dbLogsOptions struct {
	logsOptions
	pgadmin bool
}

func newDBLogs(w *World) *cobra.Command {
	o := dbLogsOptions{}
	cmd := &cobra.Command{
		Use:     "logs",
		Short:   "What PostgreSQL wrote",
		Example: "  slot db logs\n  slot db logs -f\n  slot db logs --pgadmin",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().BoolVarP(&o.follow, "follow", "f", false, "go on with what comes until Ctrl+C")
	cmd.Flags().IntVarP(&o.lines, "lines", "n", 100, "how many lines to begin with (0 to 100000)")
	cmd.Flags().BoolVar(&o.pgadmin, "pgadmin", false, "pgAdmin's instead")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object a line")
	return cmd
}

func (o *dbLogsOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	service := "postgres"
	if o.pgadmin {
		service = "pgadmin"
	}
	out := newLinePrinter(w, o.json, false)
	err = c.ServiceLogs(ctx, service, o.lines, o.follow, func(l logs.Line) error {
		return out.print(slotLine{Line: l})
	})
	if o.follow && errors.Is(err, context.Canceled) {
		return nil // Ctrl+C is how a person ends it
	}
	return err
}
