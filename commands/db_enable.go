package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type dbEnableOptions struct{ json bool }

func newDBEnable(w *World) *cobra.Command {
	o := dbEnableOptions{}
	cmd := &cobra.Command{
		Use:   "enable",
		Short: "Set PostgreSQL up and start it, now and with slot",
		Long: `Makes a cluster with the newest PostgreSQL that is installed, or fetches one from
Maven Central, and starts it on 127.0.0.1 alone, with passwords. Its data is in
SLOT_DATA, postgres. Started as root it runs as postgres, coder or nobody.
Apps get their database with their next start. What is there already stays; run
again, it mends: a role's password, a server that could not start.`,
		Example: "  slot db enable\n  SLOT_POSTGRES_PORT=5433 slot up && slot db enable",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the status as JSON")
	return cmd
}

func (o *dbEnableOptions) run(ctx context.Context, w *World) error {
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	st, err := c.EnableDatabase(ctx, w.say)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, st)
	}
	fmt.Fprintf(w.Err, "PostgreSQL %s is up on localhost:%d; its data is in %s\n", st.Version, st.Port, st.Data)
	running, err := runningSlots(ctx, w)
	if err == nil && len(running) > 0 {
		fmt.Fprintf(w.Err, "  apps find it once they are started anew: slot restart --all\n")
	}
	return nil
}

// runningSlots are those whose app was started before.
func runningSlots(ctx context.Context, w *World) (names []slot.Name, err error) {
	c, err := w.connect()
	if err != nil {
		return nil, err
	}
	all, err := c.Status(ctx)
	for _, s := range all {
		if s.PID != 0 {
			names = append(names, s.Slot)
		}
	}
	return names, err
}
